CREATE TABLE enrolment (
    token_hash TEXT PRIMARY KEY,
    organization TEXT NOT NULL,
    label TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL
);

CREATE TABLE run_token (
    token_hash TEXT PRIMARY KEY,
    enrolment TEXT NOT NULL REFERENCES enrolment (token_hash),
    organization TEXT NOT NULL,
    run TEXT NOT NULL,
    run_name TEXT NOT NULL,
    credential TEXT NOT NULL,
    provider TEXT NOT NULL,
    models TEXT NOT NULL,
    hold TEXT NOT NULL,
    budget BIGINT NOT NULL,
    concurrency BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('live', 'stopped', 'revoked')),
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL
);

CREATE INDEX run_token_of_run ON run_token (organization, run);

CREATE UNIQUE INDEX run_token_live ON run_token (organization, run, credential) WHERE state = 'live';
