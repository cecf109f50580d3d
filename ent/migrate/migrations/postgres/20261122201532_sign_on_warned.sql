-- +goose Up
-- modify "sign_ons" table
ALTER TABLE "sign_ons" ADD COLUMN "warned" jsonb NULL;

-- +goose Down
-- reverse: modify "sign_ons" table
ALTER TABLE "sign_ons" DROP COLUMN "warned";
