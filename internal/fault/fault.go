package fault

import (
	"errors"
	"fmt"
)

// Code says what kind of failure it is.
type Code string

// The codes. Internal is what every error has that is no *Error.
const (
	Invalid         Code = "invalid"
	NotFound        Code = "not_found"
	Conflict        Code = "conflict"
	Forbidden       Code = "forbidden"
	Unauthenticated Code = "unauthenticated"
	TooLarge        Code = "too_large"
	Precondition    Code = "precondition"
	Internal        Code = "internal"
)

// Error is a failure that can be explained to a person.
type Error struct {
	Code    Code
	Field   string // the field at fault, if one is: user_name, members …
	Message string // a sentence for people
	Err     error  // the cause, for the log; may be nil
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// New makes an Error from a sentence.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// On names the field at fault.
func (e *Error) On(field string) *Error { e.Field = field; return e }

// Because adds the cause.
func (e *Error) Because(err error) *Error { e.Err = err; return e }

// CodeOf returns the code of err, Internal for errors that carry none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}
