// Package simulate is a provisioning client: it plays the requests that
// Microsoft Entra ID sends against any SCIM 2.0 server and checks every answer
// against what Entra requires. It rehearses a connection before the real
// directory is attached, fills a demonstration with people, and generates load.
//
// It speaks HTTP only and knows nothing of the server at the other end; in
// particular it imports nothing else of this module, so that it stays a fair
// judge of any server.
//
// The path through it: [Run] makes a tenant (tenant.go, a pure function of the
// seed), tests the connection, and plays one cycle after another (initial.go,
// incremental.go, leavers.go). A cycle is a sequence of phases; inside a phase
// workers share the people or groups out among themselves, and what is sent
// for one of them never depends on the others' timing. Requests are encoded by
// encode.go in one of Entra's two dialects, sent by client.go, read once by
// decode.go and judged by check.go. Everything wrong ends in the [Report].
package simulate
