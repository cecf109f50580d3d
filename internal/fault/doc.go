// Package fault is the error that rules and store return: a code for the door
// that answers, a sentence for the person who reads it, and the cause. Each door
// has one table from codes to its own world (HTTP status, GraphQL extensions).
package fault
