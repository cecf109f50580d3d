-- +goose Up
-- disable the enforcement of foreign-keys constraints
PRAGMA foreign_keys = off;
-- create "new_tokens" table
CREATE TABLE `new_tokens` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `org_id` uuid NOT NULL, `connection_id` uuid NULL, `client_id` uuid NULL, `user_id` uuid NULL, `made_by` uuid NULL, `kind` text NOT NULL, `name` text NOT NULL, `hash` blob NOT NULL, `hint` text NOT NULL, `scopes` json NULL, `expires_at` datetime NULL, `revoked_at` datetime NULL, `replaced_by` uuid NULL, `last_used_at` datetime NULL, `last_used_from` text NULL, `last_used_by` text NULL, PRIMARY KEY (`id`));
-- copy rows from old table "tokens" to new temporary table "new_tokens"
INSERT INTO `new_tokens` (`id`, `created_at`, `org_id`, `connection_id`, `user_id`, `made_by`, `kind`, `name`, `hash`, `hint`, `scopes`, `expires_at`, `revoked_at`, `replaced_by`, `last_used_at`, `last_used_from`, `last_used_by`) SELECT `id`, `created_at`, `org_id`, `connection_id`, `user_id`, `made_by`, `kind`, `name`, `hash`, `hint`, `scopes`, `expires_at`, `revoked_at`, `replaced_by`, `last_used_at`, `last_used_from`, `last_used_by` FROM `tokens`;
-- drop "tokens" table after copying rows
DROP TABLE `tokens`;
-- rename temporary table "new_tokens" to "tokens"
ALTER TABLE `new_tokens` RENAME TO `tokens`;
-- create index "tokens_hash_key" to table: "tokens"
CREATE UNIQUE INDEX `tokens_hash_key` ON `tokens` (`hash`);
-- create index "token_org_id_id" to table: "tokens"
CREATE INDEX `token_org_id_id` ON `tokens` (`org_id`, `id`);
-- create index "token_user_id" to table: "tokens"
CREATE INDEX `token_user_id` ON `tokens` (`user_id`);
-- create index "token_client_id" to table: "tokens"
CREATE INDEX `token_client_id` ON `tokens` (`client_id`) WHERE client_id IS NOT NULL;
-- create "new_sessions" table
CREATE TABLE `new_sessions` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `org_id` uuid NOT NULL, `user_id` uuid NOT NULL, `hash` blob NOT NULL, `method` text NOT NULL, `connection_id` uuid NULL, `identity_id` uuid NULL, `provider_session` text NULL, `logout_hint` text NULL, `address` text NULL, `agent` text NULL, `seen_at` datetime NOT NULL, `expires_at` datetime NOT NULL, PRIMARY KEY (`id`));
-- copy rows from old table "sessions" to new temporary table "new_sessions"
INSERT INTO `new_sessions` (`id`, `created_at`, `org_id`, `user_id`, `hash`, `method`, `address`, `agent`, `seen_at`, `expires_at`) SELECT `id`, `created_at`, `org_id`, `user_id`, `hash`, `method`, `address`, `agent`, `seen_at`, `expires_at` FROM `sessions`;
-- drop "sessions" table after copying rows
DROP TABLE `sessions`;
-- rename temporary table "new_sessions" to "sessions"
ALTER TABLE `new_sessions` RENAME TO `sessions`;
-- create index "sessions_hash_key" to table: "sessions"
CREATE UNIQUE INDEX `sessions_hash_key` ON `sessions` (`hash`);
-- create index "session_org_id_user_id" to table: "sessions"
CREATE INDEX `session_org_id_user_id` ON `sessions` (`org_id`, `user_id`);
-- create index "session_connection_id_provider_session" to table: "sessions"
CREATE INDEX `session_connection_id_provider_session` ON `sessions` (`connection_id`, `provider_session`) WHERE connection_id IS NOT NULL;
-- create "domains" table
CREATE TABLE `domains` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `org_id` uuid NOT NULL, `name` text NOT NULL, `challenge` text NOT NULL, `connection_id` uuid NULL, `verified_at` datetime NULL, `checked_at` datetime NULL, `proved` text NULL, PRIMARY KEY (`id`));
-- create index "domains_proved_key" to table: "domains"
CREATE UNIQUE INDEX `domains_proved_key` ON `domains` (`proved`);
-- create index "domain_org_id_name" to table: "domains"
CREATE UNIQUE INDEX `domain_org_id_name` ON `domains` (`org_id`, `name`);
-- create "identities" table
CREATE TABLE `identities` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `org_id` uuid NOT NULL, `connection_id` uuid NOT NULL, `user_id` uuid NOT NULL, `issuer` text NOT NULL, `tenant` text NOT NULL DEFAULT (''), `subject` text NOT NULL, `how` text NOT NULL, `name` text NULL, `email` text NULL, `last_used_at` datetime NULL, PRIMARY KEY (`id`));
-- create index "identity_org_id_connection_id_issuer_tenant_subject" to table: "identities"
CREATE UNIQUE INDEX `identity_org_id_connection_id_issuer_tenant_subject` ON `identities` (`org_id`, `connection_id`, `issuer`, `tenant`, `subject`);
-- create index "identity_org_id_user_id" to table: "identities"
CREATE INDEX `identity_org_id_user_id` ON `identities` (`org_id`, `user_id`);
-- create "pending_links" table
CREATE TABLE `pending_links` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `org_id` uuid NOT NULL, `connection_id` uuid NOT NULL, `issuer` text NOT NULL, `tenant` text NOT NULL DEFAULT (''), `subject` text NOT NULL, `name` text NULL, `email` text NULL, `candidate_id` uuid NULL, `reason` text NOT NULL, `attempts` integer NOT NULL DEFAULT (1), `last_at` datetime NOT NULL, `status` text NOT NULL DEFAULT ('WAITING'), PRIMARY KEY (`id`));
-- create index "pendinglink_org_id_connection_id_issuer_tenant_subject" to table: "pending_links"
CREATE UNIQUE INDEX `pendinglink_org_id_connection_id_issuer_tenant_subject` ON `pending_links` (`org_id`, `connection_id`, `issuer`, `tenant`, `subject`);
-- create index "pendinglink_org_id_status_id" to table: "pending_links"
CREATE INDEX `pendinglink_org_id_status_id` ON `pending_links` (`org_id`, `status`, `id`);
-- create "scim_clients" table
CREATE TABLE `scim_clients` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `org_id` uuid NOT NULL, `updated_at` datetime NOT NULL, `version` integer NOT NULL DEFAULT (1), `connection_id` uuid NOT NULL, `name` text NOT NULL, `made_by` uuid NULL, `token_minutes` integer NOT NULL DEFAULT (60), `secrets` json NULL, `issuer` text NULL, `subject` text NULL, `audience` text NULL, `revoked_at` datetime NULL, `last_used_at` datetime NULL, PRIMARY KEY (`id`));
-- create index "scimclient_org_id_connection_id_id" to table: "scim_clients"
CREATE INDEX `scimclient_org_id_connection_id_id` ON `scim_clients` (`org_id`, `connection_id`, `id`);
-- create "sign_ons" table
CREATE TABLE `sign_ons` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `org_id` uuid NOT NULL, `updated_at` datetime NOT NULL, `version` integer NOT NULL DEFAULT (1), `connection_id` uuid NOT NULL, `protocol` text NOT NULL, `enabled` bool NOT NULL DEFAULT (false), `settings` json NOT NULL, `secrets` json NULL, PRIMARY KEY (`id`));
-- create index "signon_connection_id" to table: "sign_ons"
CREATE UNIQUE INDEX `signon_connection_id` ON `sign_ons` (`connection_id`);
-- create index "signon_org_id_connection_id" to table: "sign_ons"
CREATE INDEX `signon_org_id_connection_id` ON `sign_ons` (`org_id`, `connection_id`);
-- create "spents" table
CREATE TABLE `spents` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `org_id` uuid NOT NULL, `connection_id` uuid NOT NULL, `purpose` text NOT NULL, `hash` blob NOT NULL, `expires_at` datetime NOT NULL, PRIMARY KEY (`id`));
-- create index "spent_org_id_connection_id_purpose_hash" to table: "spents"
CREATE UNIQUE INDEX `spent_org_id_connection_id_purpose_hash` ON `spents` (`org_id`, `connection_id`, `purpose`, `hash`);
-- create index "spent_expires_at" to table: "spents"
CREATE INDEX `spent_expires_at` ON `spents` (`expires_at`);
-- enable back the enforcement of foreign-keys constraints
PRAGMA foreign_keys = on;

-- +goose Down
-- reverse: create index "spent_expires_at" to table: "spents"
DROP INDEX `spent_expires_at`;
-- reverse: create index "spent_org_id_connection_id_purpose_hash" to table: "spents"
DROP INDEX `spent_org_id_connection_id_purpose_hash`;
-- reverse: create "spents" table
DROP TABLE `spents`;
-- reverse: create index "signon_org_id_connection_id" to table: "sign_ons"
DROP INDEX `signon_org_id_connection_id`;
-- reverse: create index "signon_connection_id" to table: "sign_ons"
DROP INDEX `signon_connection_id`;
-- reverse: create "sign_ons" table
DROP TABLE `sign_ons`;
-- reverse: create index "scimclient_org_id_connection_id_id" to table: "scim_clients"
DROP INDEX `scimclient_org_id_connection_id_id`;
-- reverse: create "scim_clients" table
DROP TABLE `scim_clients`;
-- reverse: create index "pendinglink_org_id_status_id" to table: "pending_links"
DROP INDEX `pendinglink_org_id_status_id`;
-- reverse: create index "pendinglink_org_id_connection_id_issuer_tenant_subject" to table: "pending_links"
DROP INDEX `pendinglink_org_id_connection_id_issuer_tenant_subject`;
-- reverse: create "pending_links" table
DROP TABLE `pending_links`;
-- reverse: create index "identity_org_id_user_id" to table: "identities"
DROP INDEX `identity_org_id_user_id`;
-- reverse: create index "identity_org_id_connection_id_issuer_tenant_subject" to table: "identities"
DROP INDEX `identity_org_id_connection_id_issuer_tenant_subject`;
-- reverse: create "identities" table
DROP TABLE `identities`;
-- reverse: create index "domain_org_id_name" to table: "domains"
DROP INDEX `domain_org_id_name`;
-- reverse: create index "domains_proved_key" to table: "domains"
DROP INDEX `domains_proved_key`;
-- reverse: create "domains" table
DROP TABLE `domains`;
-- reverse: create index "session_connection_id_provider_session" to table: "sessions"
DROP INDEX `session_connection_id_provider_session`;
-- reverse: create index "session_org_id_user_id" to table: "sessions"
DROP INDEX `session_org_id_user_id`;
-- reverse: create index "sessions_hash_key" to table: "sessions"
DROP INDEX `sessions_hash_key`;
-- reverse: create "new_sessions" table
DROP TABLE `new_sessions`;
-- reverse: create index "token_client_id" to table: "tokens"
DROP INDEX `token_client_id`;
-- reverse: create index "token_user_id" to table: "tokens"
DROP INDEX `token_user_id`;
-- reverse: create index "token_org_id_id" to table: "tokens"
DROP INDEX `token_org_id_id`;
-- reverse: create index "tokens_hash_key" to table: "tokens"
DROP INDEX `tokens_hash_key`;
-- reverse: create "new_tokens" table
DROP TABLE `new_tokens`;
