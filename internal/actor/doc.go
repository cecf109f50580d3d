// Package actor says who is asking and for which organization. The door that
// lets a request in puts the Actor into its context; the store refuses whatever
// comes without one.
package actor
