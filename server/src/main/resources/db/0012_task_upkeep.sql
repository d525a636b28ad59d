-- Tasks that ended are found by when they did, to be deleted after some time.
CREATE INDEX task_ended ON task (updated_at)
  WHERE state IN ('completed', 'failed', 'canceled', 'rejected', 'answered');

-- Notifications wait by the host that they go to, so that a slow one holds up no other.
ALTER TABLE task_hook ADD COLUMN host TEXT NOT NULL DEFAULT '';
ALTER TABLE task_notice ADD COLUMN host TEXT NOT NULL DEFAULT '';
CREATE INDEX task_notice_by_host ON task_notice (host, due_at);

-- What happened to tasks a short time ago, for the streams of other hubs on the same database.
CREATE TABLE task_event (
  task_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  state TEXT NOT NULL,
  happened_at BIGINT NOT NULL,
  body BYTEA NOT NULL,
  PRIMARY KEY (task_id, version)
);
CREATE INDEX task_event_by_time ON task_event (happened_at);
