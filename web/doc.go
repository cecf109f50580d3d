// Package web is what a browser sees at the server's address.
//
//	console.go / and the pages below it: the console, where administrators live
//	app.go     /graphiql, where administrators explore the API
//	asset.go   /assets/, what vite built from src, embedded by embed.go
//
// Nothing here asks the database: whoever serves it says who may come in. All else reaches the browser over GraphQL.
//
// The browser's side is an npm package in this same folder: an HTML file for each
// page, src/features for what is on it, src/lib for what features share. It loads
// nothing from other servers. Without Node.js the program can be built all the
// same; its pages then say how to get them.
package web
