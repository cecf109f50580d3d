// Package graph is the GraphQL door: everything that an administrator or an
// integrator can know or do.
//
//	*.graphql        the schema by topic, each thing described
//	generated.go     what gqlgen makes of it, never edited
//	*.resolvers.go   the edges by topic, a few lines each
//	server.go        the HTTP side: who is asking, and what a request may take
//	cost.go          what a document may read, counted before it runs
//	guard.go         @can: who may see which field; what has no rule is refused
//	error.go         what goes wrong, in codes from a closed list
//	loader.go        what many resolvers ask for, asked for once
//	page.go          lists by cursor
//
// A mutation is one store.Write with a rule of internal/directory or
// internal/access in it, and one for each person or some rows where it is for
// many; what it answers is read afterwards.
package graph
