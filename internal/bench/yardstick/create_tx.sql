\set n random(1, 1000000000000)
BEGIN;
SELECT id FROM person WHERE org_id = 1 AND user_name_key = 'user' || :n || '@acme.test';
INSERT INTO person VALUES (gen_random_uuid(), 1, 1, 'User' || :n || '@acme.test', 'user' || :n || '@acme.test', 'external' || :n, true, 'Some Person ' || :n, 'Some', 'Person', 'Fitter', 'Yard', NULL, :n, 'CC-7', 'North', 'Acme Ltd', 'en-GB', 'user' || :n || '@acme.test', :attributes, 1, now());
INSERT INTO log (org_id, person_id, created_at, entry) VALUES (1, gen_random_uuid(), now(), :entry);
COMMIT;
