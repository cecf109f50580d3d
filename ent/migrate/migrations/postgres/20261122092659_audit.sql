-- +goose Up
-- create index "event_of_actor" to table: "events"
CREATE INDEX "event_of_actor" ON "events" ("org_id", "actor_id", "position", "id") WHERE (actor_id IS NOT NULL);
-- create index "event_of_request" to table: "events"
CREATE INDEX "event_of_request" ON "events" ("org_id", "correlation_id", "position", "id") WHERE (correlation_id IS NOT NULL);

-- +goose Down
-- reverse: create index "event_of_request" to table: "events"
DROP INDEX "event_of_request";
-- reverse: create index "event_of_actor" to table: "events"
DROP INDEX "event_of_actor";
