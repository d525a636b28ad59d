-- Budgets: one row for each limit. `used` counts what was committed in the window that began at
-- `window_start`, `reserved` what is held and neither committed nor given back.
CREATE TABLE budget (
  scope TEXT NOT NULL,
  unit TEXT NOT NULL,
  window_ms BIGINT NOT NULL,
  kind TEXT NOT NULL,
  cap BIGINT NOT NULL,
  used BIGINT NOT NULL,
  reserved BIGINT NOT NULL,
  window_start BIGINT NOT NULL,
  PRIMARY KEY (scope, unit, window_ms)
);
-- What a rolling window has used, by the part of it in which it was used.
CREATE TABLE budget_bucket (
  scope TEXT NOT NULL,
  unit TEXT NOT NULL,
  window_ms BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  used BIGINT NOT NULL,
  PRIMARY KEY (scope, unit, window_ms, started_at)
);
-- What a reservation holds of each budget.
CREATE TABLE reservation (
  reservation_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  unit TEXT NOT NULL,
  window_ms BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (reservation_id, scope, unit, window_ms)
);
CREATE INDEX reservation_by_time ON reservation (expires_at);

-- Raised with every change of what storing transactions go by, so that each sees it.
CREATE TABLE guard_epoch (
  one INTEGER PRIMARY KEY,
  epoch BIGINT NOT NULL
);
INSERT INTO guard_epoch (one, epoch) VALUES (1, 1);

-- What a person stopped: `hub`, or `agent:` and an id.
CREATE TABLE stop (
  scope TEXT PRIMARY KEY,
  agent BIGINT NOT NULL,
  reason TEXT NOT NULL,
  stopped_by TEXT NOT NULL,
  stopped_at BIGINT NOT NULL
);

-- Which actions of an agent wait for a person, one word on each line.
CREATE TABLE hold_policy (
  agent BIGINT NOT NULL PRIMARY KEY,
  kinds TEXT NOT NULL
);

-- What an agent says of another: contact, blocked, declined; or that the other asked to be one.
-- Under `other` 0, its own policy.
CREATE TABLE consent (
  agent BIGINT NOT NULL,
  other BIGINT NOT NULL,
  state TEXT NOT NULL,
  note TEXT NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (agent, other)
);
CREATE INDEX consent_by_time ON consent (changed_at);

-- Circuit breakers that have tripped: open until a time, half open for a while after it.
CREATE TABLE breaker (
  scope TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  trips BIGINT NOT NULL,
  tripped_at BIGINT NOT NULL,
  open_until BIGINT NOT NULL
);

-- Calls that wait for a person, and what became of them.
CREATE TABLE approval (
  approval_id TEXT PRIMARY KEY,
  agent BIGINT NOT NULL,
  kind TEXT NOT NULL,
  method TEXT NOT NULL,
  target TEXT NOT NULL,
  body BYTEA NOT NULL,
  digest TEXT NOT NULL,
  state TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  decided_at BIGINT NOT NULL,
  decided_by TEXT NOT NULL,
  status BIGINT NOT NULL
);
CREATE INDEX approval_by_agent ON approval (agent, state);
CREATE INDEX approval_by_state ON approval (state, asked_at);

-- Who may send to a channel, and how much each member may in a minute; 0 for no limit.
ALTER TABLE channel ADD COLUMN post TEXT NOT NULL DEFAULT 'member';
ALTER TABLE channel ADD COLUMN member_rate BIGINT NOT NULL DEFAULT 0;
