// Package store keeps Rollcall's data on SQLite or PostgreSQL and makes sure of
// what must hold whoever writes: nothing crosses an organization, nothing
// changes outside a transaction, and nothing changes without its Event.
//
//	Open   → connects, applies migrations, hands out the Store
//	Read   → the ent client for queries; the one interceptor narrows each of
//	         them to the actor's organization and refuses a query without an actor
//	Write  → one transaction; the one hook sees each mutation, notes it in the
//	         transaction's change set, and before the commit the change set
//	         becomes one Event for each entity touched
//
// What is allowed, and what follows from a change, is not decided here: that is
// the business of internal/directory and the rooms beside it.
package store
