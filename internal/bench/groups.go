package main

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"time"
)

// groups compares PATCHes of one member on a small and on a large group.
type groups struct {
	Small    int     `json:"small"` // members
	Large    int     `json:"large"`
	SmallP50 float64 `json:"small_p50"` // milliseconds
	LargeP50 float64 `json:"large_p50"`
}

func (g *groups) ratio() float64 { return g.LargeP50 / g.SmallP50 }

//go:embed crowd.sql
var crowd string

// measureGroups makes a person and two groups by SCIM, clones person and
// memberships in the database, and then adds one person after another to both.
func measureGroups(ctx context.Context, address, base, token string, s size) (*groups, error) {
	c := newClient(base, token)
	person, err := c.create(ctx, "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"crowd@acme.test","active":true}`)
	if err != nil {
		return nil, err
	}
	var ids [2]string
	for i, members := range []int{s.Small, s.Large} {
		ids[i], err = c.create(ctx, "/Groups", fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Crowd of %d"}`, members))
		if err != nil {
			return nil, err
		}
		if _, err := c.addMember(ctx, ids[i], person); err != nil {
			return nil, err
		}
	}
	newcomers, err := gather(ctx, address, person, ids, s)
	if err != nil {
		return nil, err
	}
	var took [2][]float64
	for _, newcomer := range newcomers {
		for i, id := range ids {
			d, err := c.addMember(ctx, id, newcomer)
			if err != nil {
				return nil, err
			}
			took[i] = append(took[i], milliseconds(d))
		}
	}
	return &groups{Small: s.Small, Large: s.Large, SmallP50: median(took[0]), LargeP50: median(took[1])}, nil
}

// gather clones the person, fills both groups, and returns people who are in neither.
func gather(ctx context.Context, address, person string, ids [2]string, s size) (newcomers []string, err error) {
	db, err := sql.Open("postgres", address)
	if err != nil {
		return nil, fmt.Errorf("gather a crowd: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1) // the settings in crowd.sql belong to the connection
	_, err = db.ExecContext(ctx, `SELECT set_config('crowd.person', $1, false), set_config('crowd.small', $2, false),
		set_config('crowd.large', $3, false), set_config('crowd.members', $4, false), set_config('crowd.few', $5, false),
		set_config('crowd.newcomers', $6, false)`,
		person, ids[0], ids[1], s.Large, s.Small, s.Patches)
	if err != nil {
		return nil, fmt.Errorf("gather a crowd: %w", err)
	}
	if _, err := db.ExecContext(ctx, crowd); err != nil {
		return nil, fmt.Errorf("gather a crowd: %w", err)
	}
	rows, err := db.QueryContext(ctx, `SELECT id FROM newcomer`)
	if err != nil {
		return nil, fmt.Errorf("gather a crowd: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("gather a crowd: %w", err)
		}
		newcomers = append(newcomers, id)
	}
	return newcomers, rows.Err()
}

// addMember plays Entra's PATCH for one new member.
func (c *client) addMember(ctx context.Context, group, person string) (time.Duration, error) {
	return c.patch(ctx, "/Groups/"+group, fmt.Sprintf(
		`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Add","path":"members","value":[{"$ref":null,"value":%q}]}]}`, person))
}
