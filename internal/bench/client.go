package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// client sends the few requests that no provisioning cycle contains.
type client struct {
	base, token string
	http        http.Client
}

func newClient(base, token string) *client {
	return &client{base: base, token: token, http: http.Client{Timeout: time.Minute}}
}

// create posts a resource and returns its id.
func (c *client) create(ctx context.Context, path, body string) (string, error) {
	answer, _, err := c.send(ctx, http.MethodPost, path, body)
	if err != nil {
		return "", err
	}
	var resource struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(answer, &resource); err != nil {
		return "", fmt.Errorf("POST %s: %w", path, err)
	}
	if resource.ID == "" {
		return "", fmt.Errorf("POST %s: the answer has no id: %s", path, answer)
	}
	return resource.ID, nil
}

// patch returns how long the answer took.
func (c *client) patch(ctx context.Context, path, body string) (time.Duration, error) {
	_, took, err := c.send(ctx, http.MethodPatch, path, body)
	return took, err
}

// ask sends a GraphQL operation.
func (c *client) ask(ctx context.Context, body string) (answer []byte, took time.Duration, err error) {
	return c.do(ctx, http.MethodPost, "/graphql", "application/json", body)
}

func (c *client) send(ctx context.Context, method, path, body string) (answer []byte, took time.Duration, err error) {
	return c.do(ctx, method, path, "application/scim+json", body)
}

func (c *client) do(ctx context.Context, method, path, kind, body string) (answer []byte, took time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, strings.NewReader(body))
	if err != nil {
		return nil, 0, fmt.Errorf("%s %s: %w", method, path, err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Content-Type", kind)
	began := time.Now()
	res, err := c.http.Do(req)
	if err != nil {
		return nil, 0, fmt.Errorf("%s %s: %w", method, path, err)
	}
	answer, err = io.ReadAll(res.Body)
	took = time.Since(began)
	if err = errors.Join(err, res.Body.Close()); err != nil {
		return nil, 0, fmt.Errorf("%s %s: %w", method, path, err)
	}
	if res.StatusCode >= 300 {
		return nil, 0, fmt.Errorf("%s %s: %s: %s", method, path, res.Status, answer)
	}
	return answer, took, nil
}
