// Package pgserver starts throw-away PostgreSQL servers for tests and
// benchmarks from the binaries installed on the machine.
//
// A server listens on a free port of 127.0.0.1, keeps its data in a temporary
// directory and lasts no longer than the process that started it, however that
// process ends: a small shell guard waits on a pipe that closes with its
// parent, stops the server and removes the directory. [Start] makes a server
// of one's own, [Shared] the one that all tests of a process use, and
// [Server.CreateDatabase] a database on it, empty or cloned from a template.
//
// It knows nothing of Rollcall's tables: migrations belong to store, and
// handing a migrated database to a test belongs to storetest.
package pgserver
