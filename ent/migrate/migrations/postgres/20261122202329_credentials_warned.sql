-- +goose Up
-- modify "connections" table
ALTER TABLE "connections" ADD COLUMN "warned" jsonb NULL;

-- +goose Down
-- reverse: modify "connections" table
ALTER TABLE "connections" DROP COLUMN "warned";
