// Package ent holds the generated client of Rollcall's entities, made from
// ent/schema. Nothing in it is edited by hand.
package ent

//go:generate go run -mod=mod entgo.io/ent/cmd/ent generate --feature sql/modifier,sql/lock,sql/execquery,intercept,sql/versioned-migration ./schema
