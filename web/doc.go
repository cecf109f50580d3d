// Package web is what a browser sees at the server's address. For now that is
// one plain page: what Rollcall is, how this server is, and how to connect
// Microsoft Entra ID to it. It has no script and asks nothing of the database:
// whoever serves it says what the state is.
package web
