CREATE TABLE organization (
    name TEXT PRIMARY KEY,
    balance BIGINT NOT NULL,
    held BIGINT NOT NULL CHECK (held >= 0),
    overdraft BIGINT NOT NULL CHECK (overdraft >= 0),
    movements BIGINT NOT NULL,
    CHECK (balance - held >= -overdraft)
);

CREATE TABLE movement (
    organization TEXT NOT NULL REFERENCES organization (name),
    number BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('grant', 'usage', 'expiry', 'adjustment')),
    reference TEXT NOT NULL,
    balance BIGINT NOT NULL,
    reason TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (organization, number),
    UNIQUE (organization, kind, reference)
);

CREATE TABLE entry (
    organization TEXT NOT NULL,
    number BIGINT NOT NULL,
    account TEXT NOT NULL CHECK (account IN ('available', 'grants', 'revenue', 'expired', 'adjustments')),
    amount BIGINT NOT NULL CHECK (amount <> 0),
    PRIMARY KEY (organization, number, account),
    FOREIGN KEY (organization, number) REFERENCES movement (organization, number)
);

CREATE TABLE lot (
    organization TEXT NOT NULL,
    number BIGINT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    remaining BIGINT NOT NULL CHECK (remaining >= 0 AND remaining <= amount),
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (organization, number),
    FOREIGN KEY (organization, number) REFERENCES movement (organization, number)
);

CREATE INDEX lot_left ON lot (organization, expires_at, number) WHERE remaining > 0;

CREATE TABLE hold (
    organization TEXT NOT NULL REFERENCES organization (name),
    id TEXT NOT NULL,
    run TEXT NOT NULL,
    credential TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    reserved BIGINT NOT NULL CHECK (reserved >= 0),
    amount BIGINT NOT NULL CHECK (amount >= drawn),
    drawn BIGINT NOT NULL CHECK (drawn >= 0),
    spent BIGINT NOT NULL CHECK (spent >= 0),
    unreported BIGINT NOT NULL CHECK (unreported >= 0),
    budget BIGINT NOT NULL,
    at_expiry TEXT NOT NULL CHECK (at_expiry IN ('release', 'settle')),
    state TEXT NOT NULL CHECK (state IN ('live', 'settled', 'released', 'expired')),
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (organization, id)
);

CREATE INDEX hold_due ON hold (organization, expires_at) WHERE state = 'live';

CREATE INDEX hold_counts ON hold (organization, expires_at) WHERE amount > 0;

CREATE TABLE request (
    organization TEXT NOT NULL REFERENCES organization (name),
    reference TEXT NOT NULL,
    hold TEXT NOT NULL,
    run TEXT NOT NULL,
    credential TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('own', 'platform')),
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('started', 'unsettled', 'settled', 'cancelled')),
    gateway TEXT NOT NULL,
    drawn BIGINT NOT NULL CHECK (drawn >= 0),
    cost BIGINT NOT NULL CHECK (cost >= 0),
    charged BIGINT NOT NULL CHECK (charged >= 0 AND charged <= cost),
    written_off BIGINT NOT NULL CHECK (written_off >= 0),
    input_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    cached_input_tokens BIGINT NOT NULL,
    cache_write_tokens BIGINT NOT NULL,
    unit_prices TEXT NOT NULL,
    price_version TEXT NOT NULL,
    metered TEXT NOT NULL CHECK (metered IN ('', 'gateway', 'reported', 'estimated')),
    late INTEGER NOT NULL CHECK (late IN (0, 1)),
    started_at BIGINT NOT NULL,
    settled_at BIGINT NOT NULL,
    PRIMARY KEY (organization, reference)
);

CREATE INDEX request_open ON request (organization, started_at) WHERE state IN ('started', 'unsettled');

CREATE INDEX request_of_gateway ON request (gateway) WHERE state = 'started';

CREATE INDEX request_settled ON request (organization, settled_at) WHERE state = 'settled';

CREATE INDEX request_of_run ON request (organization, run, settled_at) WHERE state = 'settled';
