-- A person of 22 columns with a primary key and three further indexes, and a
-- log: what a directory's create has to write at least.
CREATE TABLE person (
    id              uuid PRIMARY KEY,
    org_id          integer NOT NULL,
    connection_id   integer NOT NULL,
    user_name       text NOT NULL,
    user_name_key   text NOT NULL,
    external_id     text,
    active          boolean NOT NULL,
    display_name    text,
    given_name      text,
    family_name     text,
    title           text,
    department      text,
    manager         text,
    employee_number text,
    cost_center     text,
    division        text,
    company         text,
    locale          text,
    email           text,
    attributes      jsonb,
    version         integer NOT NULL,
    created_at      timestamptz NOT NULL
);
CREATE UNIQUE INDEX person_user_name ON person (org_id, user_name_key);
CREATE INDEX person_external_id ON person (org_id, external_id);
CREATE INDEX person_display_name ON person (org_id, display_name);

CREATE TABLE log (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id     integer NOT NULL,
    person_id  uuid NOT NULL,
    created_at timestamptz NOT NULL,
    entry      jsonb NOT NULL
);

INSERT INTO person
SELECT gen_random_uuid(), 1, 1, 'Seeded' || n || '@acme.test', 'seeded' || n || '@acme.test', 'external' || n, true,
       'Seeded Person ' || n, 'Seeded', 'Person', 'Fitter', 'Yard', NULL, n::text, 'CC-7', 'North', 'Acme Ltd', 'en-GB',
       'seeded' || n || '@acme.test', jsonb_build_object('nickName', 'Ada', 'note', repeat('value of a person ', 26)), 1, now()
FROM generate_series(1, 10000) AS n;

ANALYZE person;
