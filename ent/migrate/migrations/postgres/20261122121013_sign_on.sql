-- +goose Up
-- modify "sessions" table
ALTER TABLE "sessions" ADD COLUMN "connection_id" uuid NULL, ADD COLUMN "identity_id" uuid NULL, ADD COLUMN "provider_session" character varying NULL, ADD COLUMN "logout_hint" character varying NULL;
-- create index "session_connection_id_provider_session" to table: "sessions"
CREATE INDEX "session_connection_id_provider_session" ON "sessions" ("connection_id", "provider_session") WHERE (connection_id IS NOT NULL);
-- modify "tokens" table
ALTER TABLE "tokens" ADD COLUMN "client_id" uuid NULL;
-- create index "token_client_id" to table: "tokens"
CREATE INDEX "token_client_id" ON "tokens" ("client_id") WHERE (client_id IS NOT NULL);
-- create "domains" table
CREATE TABLE "domains" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "org_id" uuid NOT NULL, "name" character varying NOT NULL, "challenge" character varying NOT NULL, "connection_id" uuid NULL, "verified_at" timestamptz NULL, "checked_at" timestamptz NULL, "proved" character varying NULL, PRIMARY KEY ("id"));
-- create index "domain_org_id_name" to table: "domains"
CREATE UNIQUE INDEX "domain_org_id_name" ON "domains" ("org_id", "name");
-- create index "domains_proved_key" to table: "domains"
CREATE UNIQUE INDEX "domains_proved_key" ON "domains" ("proved");
-- create "identities" table
CREATE TABLE "identities" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "org_id" uuid NOT NULL, "connection_id" uuid NOT NULL, "user_id" uuid NOT NULL, "issuer" character varying NOT NULL, "tenant" character varying NOT NULL DEFAULT '', "subject" character varying NOT NULL, "how" character varying NOT NULL, "name" character varying NULL, "email" character varying NULL, "last_used_at" timestamptz NULL, PRIMARY KEY ("id"));
-- create index "identity_org_id_connection_id_issuer_tenant_subject" to table: "identities"
CREATE UNIQUE INDEX "identity_org_id_connection_id_issuer_tenant_subject" ON "identities" ("org_id", "connection_id", "issuer", "tenant", "subject");
-- create index "identity_org_id_user_id" to table: "identities"
CREATE INDEX "identity_org_id_user_id" ON "identities" ("org_id", "user_id");
-- create "pending_links" table
CREATE TABLE "pending_links" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "org_id" uuid NOT NULL, "connection_id" uuid NOT NULL, "issuer" character varying NOT NULL, "tenant" character varying NOT NULL DEFAULT '', "subject" character varying NOT NULL, "name" character varying NULL, "email" character varying NULL, "candidate_id" uuid NULL, "reason" character varying NOT NULL, "attempts" bigint NOT NULL DEFAULT 1, "last_at" timestamptz NOT NULL, "status" character varying NOT NULL DEFAULT 'WAITING', PRIMARY KEY ("id"));
-- create index "pendinglink_org_id_connection_id_issuer_tenant_subject" to table: "pending_links"
CREATE UNIQUE INDEX "pendinglink_org_id_connection_id_issuer_tenant_subject" ON "pending_links" ("org_id", "connection_id", "issuer", "tenant", "subject");
-- create index "pendinglink_org_id_status_id" to table: "pending_links"
CREATE INDEX "pendinglink_org_id_status_id" ON "pending_links" ("org_id", "status", "id");
-- create "scim_clients" table
CREATE TABLE "scim_clients" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "org_id" uuid NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "connection_id" uuid NOT NULL, "name" character varying NOT NULL, "made_by" uuid NULL, "token_minutes" bigint NOT NULL DEFAULT 60, "secrets" jsonb NULL, "issuer" character varying NULL, "subject" character varying NULL, "audience" character varying NULL, "revoked_at" timestamptz NULL, "last_used_at" timestamptz NULL, PRIMARY KEY ("id"));
-- create index "scimclient_org_id_connection_id_id" to table: "scim_clients"
CREATE INDEX "scimclient_org_id_connection_id_id" ON "scim_clients" ("org_id", "connection_id", "id");
-- create "sign_ons" table
CREATE TABLE "sign_ons" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "org_id" uuid NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "connection_id" uuid NOT NULL, "protocol" character varying NOT NULL, "enabled" boolean NOT NULL DEFAULT false, "settings" jsonb NOT NULL, "secrets" jsonb NULL, PRIMARY KEY ("id"));
-- create index "signon_connection_id" to table: "sign_ons"
CREATE UNIQUE INDEX "signon_connection_id" ON "sign_ons" ("connection_id");
-- create index "signon_org_id_connection_id" to table: "sign_ons"
CREATE INDEX "signon_org_id_connection_id" ON "sign_ons" ("org_id", "connection_id");
-- create "spents" table
CREATE TABLE "spents" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "org_id" uuid NOT NULL, "connection_id" uuid NOT NULL, "purpose" character varying NOT NULL, "hash" bytea NOT NULL, "expires_at" timestamptz NOT NULL, PRIMARY KEY ("id"));
-- create index "spent_expires_at" to table: "spents"
CREATE INDEX "spent_expires_at" ON "spents" ("expires_at");
-- create index "spent_org_id_connection_id_purpose_hash" to table: "spents"
CREATE UNIQUE INDEX "spent_org_id_connection_id_purpose_hash" ON "spents" ("org_id", "connection_id", "purpose", "hash");

-- +goose Down
-- reverse: create index "spent_org_id_connection_id_purpose_hash" to table: "spents"
DROP INDEX "spent_org_id_connection_id_purpose_hash";
-- reverse: create index "spent_expires_at" to table: "spents"
DROP INDEX "spent_expires_at";
-- reverse: create "spents" table
DROP TABLE "spents";
-- reverse: create index "signon_org_id_connection_id" to table: "sign_ons"
DROP INDEX "signon_org_id_connection_id";
-- reverse: create index "signon_connection_id" to table: "sign_ons"
DROP INDEX "signon_connection_id";
-- reverse: create "sign_ons" table
DROP TABLE "sign_ons";
-- reverse: create index "scimclient_org_id_connection_id_id" to table: "scim_clients"
DROP INDEX "scimclient_org_id_connection_id_id";
-- reverse: create "scim_clients" table
DROP TABLE "scim_clients";
-- reverse: create index "pendinglink_org_id_status_id" to table: "pending_links"
DROP INDEX "pendinglink_org_id_status_id";
-- reverse: create index "pendinglink_org_id_connection_id_issuer_tenant_subject" to table: "pending_links"
DROP INDEX "pendinglink_org_id_connection_id_issuer_tenant_subject";
-- reverse: create "pending_links" table
DROP TABLE "pending_links";
-- reverse: create index "identity_org_id_user_id" to table: "identities"
DROP INDEX "identity_org_id_user_id";
-- reverse: create index "identity_org_id_connection_id_issuer_tenant_subject" to table: "identities"
DROP INDEX "identity_org_id_connection_id_issuer_tenant_subject";
-- reverse: create "identities" table
DROP TABLE "identities";
-- reverse: create index "domains_proved_key" to table: "domains"
DROP INDEX "domains_proved_key";
-- reverse: create index "domain_org_id_name" to table: "domains"
DROP INDEX "domain_org_id_name";
-- reverse: create "domains" table
DROP TABLE "domains";
-- reverse: create index "token_client_id" to table: "tokens"
DROP INDEX "token_client_id";
-- reverse: modify "tokens" table
ALTER TABLE "tokens" DROP COLUMN "client_id";
-- reverse: create index "session_connection_id_provider_session" to table: "sessions"
DROP INDEX "session_connection_id_provider_session";
-- reverse: modify "sessions" table
ALTER TABLE "sessions" DROP COLUMN "logout_hint", DROP COLUMN "provider_session", DROP COLUMN "identity_id", DROP COLUMN "connection_id";
