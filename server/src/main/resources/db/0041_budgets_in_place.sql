-- Budgets lie where their keys do: what is looked for and changed with every payment under a mandate is
-- found at once, and not by a key that leads to a row.
ALTER TABLE budget RENAME TO budget_before;              -- @sqlite
ALTER TABLE budget_bucket RENAME TO budget_part_before;  -- @sqlite
CREATE TABLE budget (                                    -- @sqlite
  scope TEXT NOT NULL,                                   -- @sqlite
  unit TEXT NOT NULL,                                    -- @sqlite
  window_ms BIGINT NOT NULL,                             -- @sqlite
  kind TEXT NOT NULL,                                    -- @sqlite
  cap BIGINT NOT NULL,                                   -- @sqlite
  used BIGINT NOT NULL,                                  -- @sqlite
  reserved BIGINT NOT NULL,                              -- @sqlite
  window_start BIGINT NOT NULL,                          -- @sqlite
  PRIMARY KEY (scope, unit, window_ms)                   -- @sqlite
) WITHOUT ROWID;                                         -- @sqlite
CREATE TABLE budget_bucket (                             -- @sqlite
  scope TEXT NOT NULL,                                   -- @sqlite
  unit TEXT NOT NULL,                                    -- @sqlite
  window_ms BIGINT NOT NULL,                             -- @sqlite
  started_at BIGINT NOT NULL,                            -- @sqlite
  used BIGINT NOT NULL,                                  -- @sqlite
  PRIMARY KEY (scope, unit, window_ms, started_at)       -- @sqlite
) WITHOUT ROWID;                                         -- @sqlite
INSERT INTO budget (scope, unit, window_ms, kind, cap, used, reserved, window_start)  -- @sqlite
SELECT scope, unit, window_ms, kind, cap, used, reserved, window_start                -- @sqlite
FROM budget_before;                                                                   -- @sqlite
INSERT INTO budget_bucket (scope, unit, window_ms, started_at, used)                  -- @sqlite
SELECT scope, unit, window_ms, started_at, used FROM budget_part_before;              -- @sqlite
DROP TABLE budget_before;                                -- @sqlite
DROP TABLE budget_part_before;                           -- @sqlite
