package pgserver

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	"github.com/lib/pq"
)

// connect opens a server for maintenance and asks whether it answers.
func connect(ctx context.Context, address string) (*Server, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("read the address of the server: %w", err)
	}
	connector, err := pq.NewConnector(address)
	if err != nil {
		return nil, fmt.Errorf("read the address of the server: %w", err)
	}
	admin := sql.OpenDB(connector)
	admin.SetMaxOpenConns(4)
	if err := admin.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("reach the server: %w", err), admin.Close())
	}
	return &Server{url: parsed, admin: admin}, nil
}

// CreateDatabase makes a database and returns its lib/pq address. It is empty,
// or a copy of the database named as template, to which nobody may be
// connected at that moment.
func (s *Server) CreateDatabase(ctx context.Context, name, template string) (string, error) {
	if template == "" {
		template = "template0"
	}
	statement := "CREATE DATABASE " + pq.QuoteIdentifier(name) + " TEMPLATE " + pq.QuoteIdentifier(template)
	if _, err := s.admin.ExecContext(ctx, statement); err != nil {
		return "", fmt.Errorf("create database %s from %s: %w", name, template, err)
	}
	address := *s.url
	address.Path = "/" + name
	return address.String(), nil
}

// DropDatabase removes a database and ends the connections to it. A database
// that is not there is no error.
func (s *Server) DropDatabase(ctx context.Context, name string) error {
	statement := "DROP DATABASE IF EXISTS " + pq.QuoteIdentifier(name) + " WITH (FORCE)"
	if _, err := s.admin.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("drop database %s: %w", name, err)
	}
	return nil
}
