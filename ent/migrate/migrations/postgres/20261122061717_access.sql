-- +goose Up
-- modify "organizations" table
ALTER TABLE "organizations" ADD COLUMN "purge_at" timestamptz NULL;
-- create index "failed_requests" to table: "provisioning_logs"
CREATE INDEX "failed_requests" ON "provisioning_logs" ("org_id", "connection_id", "id") WHERE (status >= 400);
-- modify "tokens" table
ALTER TABLE "tokens" ADD COLUMN "user_id" uuid NULL, ADD COLUMN "made_by" uuid NULL;
-- create index "token_user_id" to table: "tokens"
CREATE INDEX "token_user_id" ON "tokens" ("user_id");
-- drop index "user_org_id_display_name_key" from table: "users"
DROP INDEX "user_org_id_display_name_key";
-- create index "user_org_id_display_name_key_id" to table: "users"
CREATE INDEX "user_org_id_display_name_key_id" ON "users" ("org_id", "display_name_key", "id") WHERE (display_name_key IS NOT NULL);
-- create index "user_org_id_id" to table: "users"
CREATE INDEX "user_org_id_id" ON "users" ("org_id", "id") WHERE ((deleted_at IS NULL) AND (active IS NOT NULL));
-- create "challenges" table
CREATE TABLE "challenges" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "org_id" uuid NOT NULL, "purpose" character varying NOT NULL, "hash" bytea NOT NULL, "data" jsonb NOT NULL, "expires_at" timestamptz NOT NULL, PRIMARY KEY ("id"));
-- create index "challenge_expires_at" to table: "challenges"
CREATE INDEX "challenge_expires_at" ON "challenges" ("expires_at");
-- create index "challenges_hash_key" to table: "challenges"
CREATE UNIQUE INDEX "challenges_hash_key" ON "challenges" ("hash");
-- create "cycles" table
CREATE TABLE "cycles" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "org_id" uuid NOT NULL, "connection_id" uuid NOT NULL, "client" character varying NULL, "ended_at" timestamptz NOT NULL, "requests" bigint NOT NULL DEFAULT 0, "writes" bigint NOT NULL DEFAULT 0, "failures" bigint NOT NULL DEFAULT 0, PRIMARY KEY ("id"));
-- create index "cycle_org_id_connection_id_id" to table: "cycles"
CREATE INDEX "cycle_org_id_connection_id_id" ON "cycles" ("org_id", "connection_id", "id");
-- create index "cycle_org_id_id" to table: "cycles"
CREATE INDEX "cycle_org_id_id" ON "cycles" ("org_id", "id");
-- create "downloads" table
CREATE TABLE "downloads" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "org_id" uuid NOT NULL, "what" character varying NOT NULL, "format" character varying NOT NULL, "filter" jsonb NULL, "made_by" uuid NULL, "hash" bytea NOT NULL, "expires_at" timestamptz NOT NULL, "used_at" timestamptz NULL, PRIMARY KEY ("id"));
-- create index "download_org_id_id" to table: "downloads"
CREATE INDEX "download_org_id_id" ON "downloads" ("org_id", "id");
-- create index "downloads_hash_key" to table: "downloads"
CREATE UNIQUE INDEX "downloads_hash_key" ON "downloads" ("hash");
-- create "passkeys" table
CREATE TABLE "passkeys" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "org_id" uuid NOT NULL, "user_id" uuid NOT NULL, "name" character varying NOT NULL, "credential_id" bytea NOT NULL, "credential" jsonb NOT NULL, "last_used_at" timestamptz NULL, PRIMARY KEY ("id"));
-- create index "passkey_org_id_user_id" to table: "passkeys"
CREATE INDEX "passkey_org_id_user_id" ON "passkeys" ("org_id", "user_id");
-- create index "passkeys_credential_id_key" to table: "passkeys"
CREATE UNIQUE INDEX "passkeys_credential_id_key" ON "passkeys" ("credential_id");
-- create "sessions" table
CREATE TABLE "sessions" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "org_id" uuid NOT NULL, "user_id" uuid NOT NULL, "hash" bytea NOT NULL, "method" character varying NOT NULL, "address" character varying NULL, "agent" character varying NULL, "seen_at" timestamptz NOT NULL, "expires_at" timestamptz NOT NULL, PRIMARY KEY ("id"));
-- create index "session_org_id_user_id" to table: "sessions"
CREATE INDEX "session_org_id_user_id" ON "sessions" ("org_id", "user_id");
-- create index "sessions_hash_key" to table: "sessions"
CREATE UNIQUE INDEX "sessions_hash_key" ON "sessions" ("hash");
-- create "sign_in_links" table
CREATE TABLE "sign_in_links" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "org_id" uuid NOT NULL, "user_id" uuid NOT NULL, "hash" bytea NOT NULL, "expires_at" timestamptz NOT NULL, "used_at" timestamptz NULL, PRIMARY KEY ("id"));
-- create index "sign_in_links_hash_key" to table: "sign_in_links"
CREATE UNIQUE INDEX "sign_in_links_hash_key" ON "sign_in_links" ("hash");
-- create index "signinlink_org_id_user_id" to table: "sign_in_links"
CREATE INDEX "signinlink_org_id_user_id" ON "sign_in_links" ("org_id", "user_id");

-- +goose Down
-- reverse: create index "signinlink_org_id_user_id" to table: "sign_in_links"
DROP INDEX "signinlink_org_id_user_id";
-- reverse: create index "sign_in_links_hash_key" to table: "sign_in_links"
DROP INDEX "sign_in_links_hash_key";
-- reverse: create "sign_in_links" table
DROP TABLE "sign_in_links";
-- reverse: create index "sessions_hash_key" to table: "sessions"
DROP INDEX "sessions_hash_key";
-- reverse: create index "session_org_id_user_id" to table: "sessions"
DROP INDEX "session_org_id_user_id";
-- reverse: create "sessions" table
DROP TABLE "sessions";
-- reverse: create index "passkeys_credential_id_key" to table: "passkeys"
DROP INDEX "passkeys_credential_id_key";
-- reverse: create index "passkey_org_id_user_id" to table: "passkeys"
DROP INDEX "passkey_org_id_user_id";
-- reverse: create "passkeys" table
DROP TABLE "passkeys";
-- reverse: create index "downloads_hash_key" to table: "downloads"
DROP INDEX "downloads_hash_key";
-- reverse: create index "download_org_id_id" to table: "downloads"
DROP INDEX "download_org_id_id";
-- reverse: create "downloads" table
DROP TABLE "downloads";
-- reverse: create index "cycle_org_id_id" to table: "cycles"
DROP INDEX "cycle_org_id_id";
-- reverse: create index "cycle_org_id_connection_id_id" to table: "cycles"
DROP INDEX "cycle_org_id_connection_id_id";
-- reverse: create "cycles" table
DROP TABLE "cycles";
-- reverse: create index "challenges_hash_key" to table: "challenges"
DROP INDEX "challenges_hash_key";
-- reverse: create index "challenge_expires_at" to table: "challenges"
DROP INDEX "challenge_expires_at";
-- reverse: create "challenges" table
DROP TABLE "challenges";
-- reverse: create index "user_org_id_id" to table: "users"
DROP INDEX "user_org_id_id";
-- reverse: create index "user_org_id_display_name_key_id" to table: "users"
DROP INDEX "user_org_id_display_name_key_id";
-- reverse: drop index "user_org_id_display_name_key" from table: "users"
CREATE INDEX "user_org_id_display_name_key" ON "users" ("org_id", "display_name_key") WHERE (display_name_key IS NOT NULL);
-- reverse: create index "token_user_id" to table: "tokens"
DROP INDEX "token_user_id";
-- reverse: modify "tokens" table
ALTER TABLE "tokens" DROP COLUMN "made_by", DROP COLUMN "user_id";
-- reverse: create index "failed_requests" to table: "provisioning_logs"
DROP INDEX "failed_requests";
-- reverse: modify "organizations" table
ALTER TABLE "organizations" DROP COLUMN "purge_at";
