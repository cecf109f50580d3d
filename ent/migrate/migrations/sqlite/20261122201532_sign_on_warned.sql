-- +goose Up
-- add column "warned" to table: "sign_ons"
ALTER TABLE `sign_ons` ADD COLUMN `warned` json NULL;

-- +goose Down
-- reverse: add column "warned" to table: "sign_ons"
ALTER TABLE `sign_ons` DROP COLUMN `warned`;
