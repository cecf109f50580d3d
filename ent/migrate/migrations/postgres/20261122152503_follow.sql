-- +goose Up
-- modify "domains" table
ALTER TABLE "domains" ADD COLUMN "missing_at" timestamptz NULL;
-- modify "groups" table
ALTER TABLE "groups" ADD COLUMN "gives_role" boolean NOT NULL DEFAULT false;
-- modify "identities" table
ALTER TABLE "identities" ADD COLUMN "fits" jsonb NULL;
-- groups that rules for roles name
UPDATE "groups" SET "gives_role" = true WHERE EXISTS (SELECT 1 FROM "sign_ons" WHERE "sign_ons"."org_id" = "groups"."org_id" AND strpos("sign_ons"."settings"::text, "groups"."id"::text) > 0);

-- +goose Down
-- reverse: modify "identities" table
ALTER TABLE "identities" DROP COLUMN "fits";
-- reverse: modify "groups" table
ALTER TABLE "groups" DROP COLUMN "gives_role";
-- reverse: modify "domains" table
ALTER TABLE "domains" DROP COLUMN "missing_at";
