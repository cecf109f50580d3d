-- +goose Up
-- disable the enforcement of foreign-keys constraints
PRAGMA foreign_keys = off;
-- add column "purge_at" to table: "organizations"
ALTER TABLE `organizations` ADD COLUMN `purge_at` datetime NULL;
-- create index "failed_requests" to table: "provisioning_logs"
CREATE INDEX `failed_requests` ON `provisioning_logs` (`org_id`, `connection_id`, `id`) WHERE status >= 400;
-- create "new_tokens" table
CREATE TABLE `new_tokens` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `org_id` uuid NOT NULL, `connection_id` uuid NULL, `user_id` uuid NULL, `made_by` uuid NULL, `kind` text NOT NULL, `name` text NOT NULL, `hash` blob NOT NULL, `hint` text NOT NULL, `scopes` json NULL, `expires_at` datetime NULL, `revoked_at` datetime NULL, `replaced_by` uuid NULL, `last_used_at` datetime NULL, `last_used_from` text NULL, `last_used_by` text NULL, PRIMARY KEY (`id`));
-- copy rows from old table "tokens" to new temporary table "new_tokens"
INSERT INTO `new_tokens` (`id`, `created_at`, `org_id`, `connection_id`, `kind`, `name`, `hash`, `hint`, `scopes`, `expires_at`, `revoked_at`, `replaced_by`, `last_used_at`, `last_used_from`, `last_used_by`) SELECT `id`, `created_at`, `org_id`, `connection_id`, `kind`, `name`, `hash`, `hint`, `scopes`, `expires_at`, `revoked_at`, `replaced_by`, `last_used_at`, `last_used_from`, `last_used_by` FROM `tokens`;
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
-- drop index "user_org_id_display_name_key" from table: "users"
DROP INDEX `user_org_id_display_name_key`;
-- create index "user_org_id_id" to table: "users"
CREATE INDEX `user_org_id_id` ON `users` (`org_id`, `id`) WHERE deleted_at IS NULL AND active IS NOT NULL;
-- create index "user_org_id_display_name_key_id" to table: "users"
CREATE INDEX `user_org_id_display_name_key_id` ON `users` (`org_id`, `display_name_key`, `id`) WHERE display_name_key IS NOT NULL;
-- create "challenges" table
CREATE TABLE `challenges` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `org_id` uuid NOT NULL, `purpose` text NOT NULL, `hash` blob NOT NULL, `data` json NOT NULL, `expires_at` datetime NOT NULL, PRIMARY KEY (`id`));
-- create index "challenges_hash_key" to table: "challenges"
CREATE UNIQUE INDEX `challenges_hash_key` ON `challenges` (`hash`);
-- create index "challenge_expires_at" to table: "challenges"
CREATE INDEX `challenge_expires_at` ON `challenges` (`expires_at`);
-- create "cycles" table
CREATE TABLE `cycles` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `org_id` uuid NOT NULL, `connection_id` uuid NOT NULL, `client` text NULL, `ended_at` datetime NOT NULL, `requests` integer NOT NULL DEFAULT (0), `writes` integer NOT NULL DEFAULT (0), `failures` integer NOT NULL DEFAULT (0), PRIMARY KEY (`id`));
-- create index "cycle_org_id_id" to table: "cycles"
CREATE INDEX `cycle_org_id_id` ON `cycles` (`org_id`, `id`);
-- create index "cycle_org_id_connection_id_id" to table: "cycles"
CREATE INDEX `cycle_org_id_connection_id_id` ON `cycles` (`org_id`, `connection_id`, `id`);
-- create "downloads" table
CREATE TABLE `downloads` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `org_id` uuid NOT NULL, `what` text NOT NULL, `format` text NOT NULL, `filter` json NULL, `made_by` uuid NULL, `hash` blob NOT NULL, `expires_at` datetime NOT NULL, `used_at` datetime NULL, PRIMARY KEY (`id`));
-- create index "downloads_hash_key" to table: "downloads"
CREATE UNIQUE INDEX `downloads_hash_key` ON `downloads` (`hash`);
-- create index "download_org_id_id" to table: "downloads"
CREATE INDEX `download_org_id_id` ON `downloads` (`org_id`, `id`);
-- create "passkeys" table
CREATE TABLE `passkeys` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `org_id` uuid NOT NULL, `user_id` uuid NOT NULL, `name` text NOT NULL, `credential_id` blob NOT NULL, `credential` json NOT NULL, `last_used_at` datetime NULL, PRIMARY KEY (`id`));
-- create index "passkeys_credential_id_key" to table: "passkeys"
CREATE UNIQUE INDEX `passkeys_credential_id_key` ON `passkeys` (`credential_id`);
-- create index "passkey_org_id_user_id" to table: "passkeys"
CREATE INDEX `passkey_org_id_user_id` ON `passkeys` (`org_id`, `user_id`);
-- create "sessions" table
CREATE TABLE `sessions` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `org_id` uuid NOT NULL, `user_id` uuid NOT NULL, `hash` blob NOT NULL, `method` text NOT NULL, `address` text NULL, `agent` text NULL, `seen_at` datetime NOT NULL, `expires_at` datetime NOT NULL, PRIMARY KEY (`id`));
-- create index "sessions_hash_key" to table: "sessions"
CREATE UNIQUE INDEX `sessions_hash_key` ON `sessions` (`hash`);
-- create index "session_org_id_user_id" to table: "sessions"
CREATE INDEX `session_org_id_user_id` ON `sessions` (`org_id`, `user_id`);
-- create "sign_in_links" table
CREATE TABLE `sign_in_links` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `org_id` uuid NOT NULL, `user_id` uuid NOT NULL, `hash` blob NOT NULL, `expires_at` datetime NOT NULL, `used_at` datetime NULL, PRIMARY KEY (`id`));
-- create index "sign_in_links_hash_key" to table: "sign_in_links"
CREATE UNIQUE INDEX `sign_in_links_hash_key` ON `sign_in_links` (`hash`);
-- create index "signinlink_org_id_user_id" to table: "sign_in_links"
CREATE INDEX `signinlink_org_id_user_id` ON `sign_in_links` (`org_id`, `user_id`);
-- enable back the enforcement of foreign-keys constraints
PRAGMA foreign_keys = on;

-- +goose Down
-- reverse: create index "signinlink_org_id_user_id" to table: "sign_in_links"
DROP INDEX `signinlink_org_id_user_id`;
-- reverse: create index "sign_in_links_hash_key" to table: "sign_in_links"
DROP INDEX `sign_in_links_hash_key`;
-- reverse: create "sign_in_links" table
DROP TABLE `sign_in_links`;
-- reverse: create index "session_org_id_user_id" to table: "sessions"
DROP INDEX `session_org_id_user_id`;
-- reverse: create index "sessions_hash_key" to table: "sessions"
DROP INDEX `sessions_hash_key`;
-- reverse: create "sessions" table
DROP TABLE `sessions`;
-- reverse: create index "passkey_org_id_user_id" to table: "passkeys"
DROP INDEX `passkey_org_id_user_id`;
-- reverse: create index "passkeys_credential_id_key" to table: "passkeys"
DROP INDEX `passkeys_credential_id_key`;
-- reverse: create "passkeys" table
DROP TABLE `passkeys`;
-- reverse: create index "download_org_id_id" to table: "downloads"
DROP INDEX `download_org_id_id`;
-- reverse: create index "downloads_hash_key" to table: "downloads"
DROP INDEX `downloads_hash_key`;
-- reverse: create "downloads" table
DROP TABLE `downloads`;
-- reverse: create index "cycle_org_id_connection_id_id" to table: "cycles"
DROP INDEX `cycle_org_id_connection_id_id`;
-- reverse: create index "cycle_org_id_id" to table: "cycles"
DROP INDEX `cycle_org_id_id`;
-- reverse: create "cycles" table
DROP TABLE `cycles`;
-- reverse: create index "challenge_expires_at" to table: "challenges"
DROP INDEX `challenge_expires_at`;
-- reverse: create index "challenges_hash_key" to table: "challenges"
DROP INDEX `challenges_hash_key`;
-- reverse: create "challenges" table
DROP TABLE `challenges`;
-- reverse: create index "user_org_id_display_name_key_id" to table: "users"
DROP INDEX `user_org_id_display_name_key_id`;
-- reverse: create index "user_org_id_id" to table: "users"
DROP INDEX `user_org_id_id`;
-- reverse: drop index "user_org_id_display_name_key" from table: "users"
CREATE INDEX `user_org_id_display_name_key` ON `users` (`org_id`, `display_name_key`) WHERE display_name_key IS NOT NULL;
-- reverse: create index "token_user_id" to table: "tokens"
DROP INDEX `token_user_id`;
-- reverse: create index "token_org_id_id" to table: "tokens"
DROP INDEX `token_org_id_id`;
-- reverse: create index "tokens_hash_key" to table: "tokens"
DROP INDEX `tokens_hash_key`;
-- reverse: create "new_tokens" table
DROP TABLE `new_tokens`;
-- reverse: create index "failed_requests" to table: "provisioning_logs"
DROP INDEX `failed_requests`;
-- reverse: add column "purge_at" to table: "organizations"
ALTER TABLE `organizations` DROP COLUMN `purge_at`;
