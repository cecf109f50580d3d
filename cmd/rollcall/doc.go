// Command rollcall is the Rollcall server and its tools: one file for each
// command.
//
// It is the only package that knows every other. It reads the settings, opens
// the store, gives each room what it needs, and turns what they return into
// text, JSON and an exit status: 0, 1 when something went wrong (one line says
// what, and what to do), 2 when the command line was wrong.
package main
