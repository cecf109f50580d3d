// Package rollcall holds the test that keeps the rooms of the house apart: an
// import may only point down. The server itself begins in cmd/rollcall.
package rollcall
