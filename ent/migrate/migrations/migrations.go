// Package migrations holds the SQL that makes and changes the tables, one
// folder for each database. Files are written by `rollcall migrate diff`, read
// by a person, and never changed after a release.
package migrations

import "embed"

// Files are the migrations, in postgres/ and sqlite/.
//
//go:embed postgres/*.sql sqlite/*.sql
var Files embed.FS
