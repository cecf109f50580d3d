package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
)

// maxPairs is how many pairs of equal names a document may have. A name can stand
// in it some 500 times; nobody writes one 50 times.
const maxPairs = 250_000

// repetition refuses documents that repeat names so often that validation, which
// compares each field with each of the same name beside it (GraphQL §5.3.2), would
// take seconds.
type repetition struct{}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationParameterMutator
} = repetition{}

// ExtensionName implements graphql.HandlerExtension.
func (repetition) ExtensionName() string { return "Repetition" }

// Validate implements graphql.HandlerExtension.
func (repetition) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters implements graphql.OperationParameterMutator. What is
// wrong with the document otherwise is the parser's to say.
func (repetition) MutateOperationParameters(_ context.Context, p *graphql.RawParams) *gqlerror.Error {
	l := lexer.New(&ast.Source{Input: p.Query})
	counts, pairs := map[string]int{}, 0
	for range maxTokens {
		token, err := l.ReadToken()
		if err != nil || token.Kind == lexer.EOF {
			break
		}
		if token.Kind != lexer.Name {
			continue
		}
		pairs += 2*counts[token.Value] + 1
		if counts[token.Value]++; pairs > maxPairs {
			return tooMuch("The operation says %q and other names too often; ask for each field once", token.Value)
		}
	}
	return nil
}
