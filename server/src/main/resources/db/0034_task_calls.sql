-- Tasks of A2A clients that are paid calls of services: what is called with what, what was signed
-- for it, and the call that it became. `form` is the version of x402 that the client speaks;
-- `look_at` is when it is asked next what became of it, and 0 when all is known.
ALTER TABLE task ADD COLUMN is_call BIGINT NOT NULL DEFAULT 0;

CREATE TABLE task_call (
  task_id TEXT PRIMARY KEY,
  caller BIGINT NOT NULL,
  service_id TEXT NOT NULL,
  input BYTEA NOT NULL,
  form BIGINT NOT NULL,
  payment TEXT NOT NULL,
  call_id TEXT NOT NULL,
  look_at BIGINT NOT NULL
);
CREATE INDEX task_call_by_call ON task_call (call_id) WHERE call_id <> '';
CREATE INDEX task_call_unpaid ON task_call (caller) WHERE payment = '' AND look_at > 0;
CREATE INDEX task_call_by_time ON task_call (look_at) WHERE look_at > 0;
