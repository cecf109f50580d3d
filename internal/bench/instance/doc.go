// Package instance runs a built rollcall as a process of its own, with a
// database, a free port and a secret key, the way an operator would. Benchmark
// and check scripts drive what runs there over HTTP and by its command line.
package instance
