package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

const (
	noOperation = "none" // the request never came to be one
	outcomeOK   = "OK"
)

// count tells who wants to know what became of a request. Of a stream that is its
// beginning: what comes on it is no request.
func (s *Server) count(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	operation := noOperation
	if graphql.HasOperationContext(ctx) {
		if op := graphql.GetOperationContext(ctx).Operation; op != nil {
			operation = string(op.Operation)
		}
	}
	if operation != string(ast.Subscription) && response != nil {
		s.observe(operation, answerOf(response))
	}
	return response
}

func answerOf(r *graphql.Response) string {
	if len(r.Errors) == 0 {
		return outcomeOK
	}
	if code, ok := r.Errors[0].Extensions["code"].(string); ok {
		return code
	}
	return codeInternal
}
