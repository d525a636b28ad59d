-- What tells a repeat is kept in memory, of what is new; what is stored of it lies in the order in
-- which it came: sorted by random hashes, a commit wrote a page for each of them. PostgreSQL, which
-- several hubs may share, decides by its unique indexes as before.

-- The signatures that commits accepted: 16 bytes each, those of a minute together.
CREATE TABLE accepted_group (    -- @sqlite
  number INTEGER PRIMARY KEY,    -- @sqlite
  minute BIGINT NOT NULL,        -- @sqlite
  ids BYTEA NOT NULL             -- @sqlite
);                               -- @sqlite
INSERT INTO accepted_group (minute, ids)                          -- @sqlite
  SELECT minute, id FROM accepted_signature ORDER BY minute;      -- @sqlite
DROP TABLE accepted_signature;   -- @sqlite

CREATE TABLE task_in_order (     -- @sqlite
  number INTEGER PRIMARY KEY,    -- @sqlite
  task_id TEXT NOT NULL UNIQUE,  -- @sqlite
  first TEXT NOT NULL,           -- @sqlite
  agent BIGINT NOT NULL,         -- @sqlite
  caller BIGINT NOT NULL,        -- @sqlite
  context_id TEXT NOT NULL,      -- @sqlite
  state TEXT NOT NULL,           -- @sqlite
  is_shown BIGINT NOT NULL,      -- @sqlite
  hooks BIGINT NOT NULL,         -- @sqlite
  updated_at BIGINT NOT NULL,    -- @sqlite
  version BIGINT NOT NULL,       -- @sqlite
  body BYTEA NOT NULL            -- @sqlite
);                               -- @sqlite
INSERT INTO task_in_order (number, task_id, first, agent, caller, context_id, state, is_shown,      -- @sqlite
    hooks, updated_at, version, body)                                                               -- @sqlite
  SELECT number, task_id, first, agent, caller, context_id, state, is_shown, hooks, updated_at,     -- @sqlite
    version, body                                                                                   -- @sqlite
  FROM task ORDER BY number;     -- @sqlite
DROP TABLE task;                 -- @sqlite
ALTER TABLE task_in_order RENAME TO task;                                                  -- @sqlite
CREATE INDEX task_by_run ON task (number / 4096, agent, caller, updated_at);               -- @sqlite
CREATE INDEX task_ended ON task (updated_at)                                               -- @sqlite
  WHERE state IN ('completed', 'failed', 'canceled', 'rejected', 'answered');              -- @sqlite
CREATE INDEX task_first ON task (number, first);                                           -- @sqlite
