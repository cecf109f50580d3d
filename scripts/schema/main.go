// Command schema writes the GraphQL schema, as the code has it, into a file:
//
//	go run ./scripts/schema schema.graphql
//
// Descriptions and directives are in it; what every GraphQL service has is not.
package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/vektah/gqlparser/v2/formatter"

	"github.com/rollcall/rollcall/graph"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: schema FILE")
		os.Exit(2)
	}
	if err := os.WriteFile(os.Args[1], text(), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, "schema:", err)
		os.Exit(1)
	}
}

// text is the schema in GraphQL's own language, types in the order of their names.
func text() []byte {
	var b bytes.Buffer
	b.WriteString("# The GraphQL API, made from graph/*.graphql by make generate.\n\n")
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).FormatSchema(graph.NewExecutableSchema(graph.Config{}).Schema())
	return b.Bytes()
}
