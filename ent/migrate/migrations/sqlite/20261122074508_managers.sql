-- +goose Up
-- drop index "user_org_id_manager_id" from table: "users"
DROP INDEX `user_org_id_manager_id`;
-- create index "user_manager_id" to table: "users"
CREATE INDEX `user_manager_id` ON `users` (`manager_id`) WHERE manager_id IS NOT NULL;

-- +goose Down
-- reverse: create index "user_manager_id" to table: "users"
DROP INDEX `user_manager_id`;
-- reverse: drop index "user_org_id_manager_id" from table: "users"
CREATE INDEX `user_org_id_manager_id` ON `users` (`org_id`, `manager_id`) WHERE manager_id IS NOT NULL;
