-- +goose Up
-- modify "organizations" table
ALTER TABLE "organizations" ADD COLUMN "rehearsal_of" uuid NULL;
-- create "rehearsals" table
CREATE TABLE "rehearsals" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "org_id" uuid NOT NULL, "connection_id" uuid NOT NULL, "stage" uuid NOT NULL, "users" bigint NOT NULL, "groups" bigint NOT NULL, "state" character varying NOT NULL DEFAULT 'RUNNING', "cycle" character varying NOT NULL DEFAULT '', "phase" character varying NOT NULL DEFAULT '', "done" bigint NOT NULL DEFAULT 0, "total" bigint NOT NULL DEFAULT 0, "beat_at" timestamptz NOT NULL, "ended_at" timestamptz NULL, "problem" character varying NULL, "report" jsonb NULL, PRIMARY KEY ("id"));
-- create index "rehearsal_org_id_connection_id_id" to table: "rehearsals"
CREATE INDEX "rehearsal_org_id_connection_id_id" ON "rehearsals" ("org_id", "connection_id", "id");

-- +goose Down
-- reverse: create index "rehearsal_org_id_connection_id_id" to table: "rehearsals"
DROP INDEX "rehearsal_org_id_connection_id_id";
-- reverse: create "rehearsals" table
DROP TABLE "rehearsals";
-- reverse: modify "organizations" table
ALTER TABLE "organizations" DROP COLUMN "rehearsal_of";
