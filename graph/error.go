package graph

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/rollcall/rollcall/internal/fault"
)

// The codes that extensions.code can have: the closed list of docs/api.md.
const (
	codeBadRequest      = "BAD_REQUEST"       // no GraphQL operation, or not a valid one
	codeBadUserInput    = "BAD_USER_INPUT"    // an argument is wrong; extensions.field names it
	codeUnauthenticated = "UNAUTHENTICATED"   // nobody, or somebody who is no longer let in
	codeForbidden       = "FORBIDDEN"         // not with these scopes
	codeNotFound        = "NOT_FOUND"         // not there, or not in this organization
	codeConflict        = "CONFLICT"          // something else stands in the way
	codeTooLarge        = "TOO_LARGE"         // the request asks for more than one request may
	codeTooManyRequests = "TOO_MANY_REQUESTS" // too many at a time
	codeTimeout         = "TIMEOUT"           // it took too long and was broken off
	codeInternal        = "INTERNAL"          // our fault; the log has the reference
)

// codes are the words of this door for those of the rules.
var codes = map[fault.Code]string{
	fault.Invalid: codeBadUserInput, fault.NotFound: codeNotFound, fault.Conflict: codeConflict, fault.Forbidden: codeForbidden,
	fault.Unauthenticated: codeUnauthenticated, fault.TooLarge: codeTooLarge, fault.Precondition: codeConflict,
}

// present turns an error into what the caller reads. What can't be explained to
// a person is masked and stands in the log.
func (s *Server) present(ctx context.Context, err error) *gqlerror.Error {
	e := graphql.DefaultErrorPresenter(ctx, err)
	cause := errors.Unwrap(e)
	f, explained := errors.AsType[*fault.Error](err)
	switch {
	case explained && f.Code != fault.Internal:
		e.Message = f.Message
		e.Extensions = map[string]any{"code": codes[f.Code]}
		if f.Field != "" {
			e.Extensions["field"] = camel(f.Field)
		}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(ctx.Err(), context.DeadlineExceeded): // or the database, told to stop
		e.Message = "This took too long and was broken off; ask for less at a time"
		e.Extensions = map[string]any{"code": codeTimeout}
	case errors.Is(err, context.Canceled):
		e.Message = "The caller hung up"
		e.Extensions = map[string]any{"code": codeBadRequest}
	case cause == nil && e.Extensions["code"] == codeTooLarge: // said by the budget
	case cause == nil && isOfTheDocument(e):
		e.Message = withoutSuggestion(ctx, e.Message)
		e.Extensions = map[string]any{"code": codeBadRequest}
	default:
		s.mask(ctx, e, err)
	}
	return e
}

func (s *Server) mask(ctx context.Context, e *gqlerror.Error, err error) {
	message, reference := s.masked(ctx, e.Path, err)
	e.Message = message
	e.Extensions = map[string]any{"code": codeInternal, "reference": reference}
}

// masked writes an error into the log and returns what the caller may know of it.
func (r *Resolver) masked(ctx context.Context, path ast.Path, err error) (message, reference string) {
	reference = "none"
	if q, ok := ctx.Value(requestKey{}).(*request); ok {
		reference = q.id.String()
	}
	r.log.ErrorContext(ctx, "graphql request failed", "request", reference, "path", path.String(), "err", err)
	return fmt.Sprintf("The server could not do this. Try again, and tell the operator the reference %s if it stays", reference), reference
}

// isOfTheDocument says whether an error is about the document or its variables:
// those are gqlgen's own, without a cause.
func isOfTheDocument(e *gqlerror.Error) bool {
	code, _ := e.Extensions["code"].(string)
	return code == errcode.ParseFailed || code == errcode.ValidationFailed || code == codeBadRequest || e.Rule != "" || len(e.Path) == 0
}

// withoutSuggestion takes names of the schema away from those who may not read it.
func withoutSuggestion(ctx context.Context, message string) string {
	if r, ok := ctx.Value(requestKey{}).(*request); ok && len(r.scopes) > 0 {
		return message
	}
	message, _, _ = strings.Cut(message, " Did you mean")
	return message
}

// recovered turns a panic into an error, which will be masked.
func (s *Server) recovered(ctx context.Context, p any) error {
	s.log.ErrorContext(ctx, "graphql panic", "err", p, "stack", string(debug.Stack()))
	return fault.New(fault.Internal, "panic")
}

// camel spells a column as GraphQL does: user_name becomes userName.
func camel(column string) string {
	parts := strings.Split(column, "_")
	for i, p := range parts[1:] {
		if p != "" {
			parts[i+1] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "")
}
