-- +goose Up
-- add column "missing_at" to table: "domains"
ALTER TABLE `domains` ADD COLUMN `missing_at` datetime NULL;
-- add column "gives_role" to table: "groups"
ALTER TABLE `groups` ADD COLUMN `gives_role` bool NOT NULL DEFAULT false;
-- add column "fits" to table: "identities"
ALTER TABLE `identities` ADD COLUMN `fits` json NULL;
-- groups that rules for roles name
UPDATE `groups` SET `gives_role` = true WHERE EXISTS (SELECT 1 FROM `sign_ons` WHERE `sign_ons`.`org_id` = `groups`.`org_id` AND instr(`sign_ons`.`settings`, `groups`.`id`) > 0);

-- +goose Down
-- reverse: add column "fits" to table: "identities"
ALTER TABLE `identities` DROP COLUMN `fits`;
-- reverse: add column "gives_role" to table: "groups"
ALTER TABLE `groups` DROP COLUMN `gives_role`;
-- reverse: add column "missing_at" to table: "domains"
ALTER TABLE `domains` DROP COLUMN `missing_at`;
