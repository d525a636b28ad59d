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
