// Command bench measures a built Rollcall as its clients meet it, next to what
// the machine can do at best in the same run.
//
// It starts a throw-away PostgreSQL that waits for the disk, asks pgbench how
// many transactions of the same shape that server can do, starts rollcall as a
// process of its own, plays Entra's requests against it (internal/simulate),
// and asks pgbench again. Figures of two machines cannot be compared; ratios
// within one run can, and the goals are such ratios. SQLite follows without a
// yardstick of its own.
//
// It exits with status 1 when a goal is missed.
package main
