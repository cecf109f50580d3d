-- Clones one person, so that it holds for any column of users: the first of
-- the clones join the groups, the last join neither.
CREATE TEMPORARY TABLE clone AS
SELECT n, gen_random_uuid() AS id
FROM generate_series(1, current_setting('crowd.members')::int + current_setting('crowd.newcomers')::int) AS n;

INSERT INTO users
SELECT c.*
FROM users AS u, clone, LATERAL jsonb_populate_record(u, jsonb_build_object(
    'id', clone.id,
    'user_name', 'crowd' || n || '@acme.test',
    'user_name_key', 'crowd' || n || '@acme.test')) AS c
WHERE u.id = current_setting('crowd.person')::uuid;

INSERT INTO memberships
SELECT c.*
FROM memberships AS m, clone, LATERAL jsonb_populate_record(m, jsonb_build_object('user_id', clone.id)) AS c
WHERE (m.group_id = current_setting('crowd.small')::uuid AND n < current_setting('crowd.few')::int)
   OR (m.group_id = current_setting('crowd.large')::uuid AND n < current_setting('crowd.members')::int);

ANALYZE users;
ANALYZE memberships;

CREATE TEMPORARY VIEW newcomer AS
SELECT id FROM clone WHERE n > current_setting('crowd.members')::int;
