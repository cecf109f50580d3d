\set n random(1, 10000)
SELECT * FROM person WHERE org_id = 1 AND user_name_key = 'seeded' || :n || '@acme.test';
