-- +goose Up
-- add column "logout_format" to table: "sessions"
ALTER TABLE `sessions` ADD COLUMN `logout_format` text NULL;
-- add column "id_token" to table: "sessions"
ALTER TABLE `sessions` ADD COLUMN `id_token` text NULL;

-- +goose Down
-- reverse: add column "id_token" to table: "sessions"
ALTER TABLE `sessions` DROP COLUMN `id_token`;
-- reverse: add column "logout_format" to table: "sessions"
ALTER TABLE `sessions` DROP COLUMN `logout_format`;
