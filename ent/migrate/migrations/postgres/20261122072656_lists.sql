-- +goose Up
-- create index "group_org_id_display_name_key" to table: "groups"
CREATE UNIQUE INDEX "group_org_id_display_name_key" ON "groups" ("org_id", "display_name_key") WHERE ((connection_id IS NULL) AND (deleted_at IS NULL));
-- create index "group_org_id_display_name_key_id" to table: "groups"
CREATE INDEX "group_org_id_display_name_key_id" ON "groups" ("org_id", "display_name_key", "id") WHERE (deleted_at IS NULL);
-- drop index "user_org_id_department_id" from table: "users"
DROP INDEX "user_org_id_department_id";
-- drop index "user_org_id_id" from table: "users"
DROP INDEX "user_org_id_id";
-- create index "user_department_id_deleted_at_id" to table: "users"
CREATE INDEX "user_department_id_deleted_at_id" ON "users" ("department_id", "deleted_at", "id") WHERE (department_id IS NOT NULL);
-- create index "user_of_organization" to table: "users"
CREATE INDEX "user_of_organization" ON "users" ("org_id", "id") WHERE ((deleted_at IS NULL) AND ((role)::text <> ''::text));
-- create index "user_without_display_name" to table: "users"
CREATE INDEX "user_without_display_name" ON "users" ("org_id", "id") WHERE (display_name_key IS NULL);

-- +goose Down
-- reverse: create index "user_without_display_name" to table: "users"
DROP INDEX "user_without_display_name";
-- reverse: create index "user_of_organization" to table: "users"
DROP INDEX "user_of_organization";
-- reverse: create index "user_department_id_deleted_at_id" to table: "users"
DROP INDEX "user_department_id_deleted_at_id";
-- reverse: drop index "user_org_id_id" from table: "users"
CREATE INDEX "user_org_id_id" ON "users" ("org_id", "id") WHERE ((deleted_at IS NULL) AND (active IS NOT NULL));
-- reverse: drop index "user_org_id_department_id" from table: "users"
CREATE INDEX "user_org_id_department_id" ON "users" ("org_id", "department_id") WHERE (department_id IS NOT NULL);
-- reverse: create index "group_org_id_display_name_key_id" to table: "groups"
DROP INDEX "group_org_id_display_name_key_id";
-- reverse: create index "group_org_id_display_name_key" to table: "groups"
DROP INDEX "group_org_id_display_name_key";
