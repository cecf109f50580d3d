// Package storetest gives tests a migrated database of their own, on SQLite and
// on a real PostgreSQL.
package storetest
