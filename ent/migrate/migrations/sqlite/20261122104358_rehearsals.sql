-- +goose Up
-- add column "rehearsal_of" to table: "organizations"
ALTER TABLE `organizations` ADD COLUMN `rehearsal_of` uuid NULL;
-- create "rehearsals" table
CREATE TABLE `rehearsals` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `org_id` uuid NOT NULL, `connection_id` uuid NOT NULL, `stage` uuid NOT NULL, `users` integer NOT NULL, `groups` integer NOT NULL, `state` text NOT NULL DEFAULT ('RUNNING'), `cycle` text NOT NULL DEFAULT (''), `phase` text NOT NULL DEFAULT (''), `done` integer NOT NULL DEFAULT (0), `total` integer NOT NULL DEFAULT (0), `beat_at` datetime NOT NULL, `ended_at` datetime NULL, `problem` text NULL, `report` json NULL, PRIMARY KEY (`id`));
-- create index "rehearsal_org_id_connection_id_id" to table: "rehearsals"
CREATE INDEX `rehearsal_org_id_connection_id_id` ON `rehearsals` (`org_id`, `connection_id`, `id`);

-- +goose Down
-- reverse: create index "rehearsal_org_id_connection_id_id" to table: "rehearsals"
DROP INDEX `rehearsal_org_id_connection_id_id`;
-- reverse: create "rehearsals" table
DROP TABLE `rehearsals`;
-- reverse: add column "rehearsal_of" to table: "organizations"
ALTER TABLE `organizations` DROP COLUMN `rehearsal_of`;
