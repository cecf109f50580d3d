-- +goose Up
-- modify "sessions" table
ALTER TABLE "sessions" ADD COLUMN "logout_format" character varying NULL, ADD COLUMN "id_token" character varying NULL;

-- +goose Down
-- reverse: modify "sessions" table
ALTER TABLE "sessions" DROP COLUMN "id_token", DROP COLUMN "logout_format";
