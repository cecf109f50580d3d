-- +goose Up
-- add column "warned" to table: "connections"
ALTER TABLE `connections` ADD COLUMN `warned` json NULL;

-- +goose Down
-- reverse: add column "warned" to table: "connections"
ALTER TABLE `connections` DROP COLUMN `warned`;
