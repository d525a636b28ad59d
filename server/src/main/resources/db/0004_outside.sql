-- Agents outside the hub: an agent here whose inbox holds what is to go out to the card's agent.
ALTER TABLE agent ADD COLUMN remote TEXT;
ALTER TABLE agent ADD COLUMN named_by BIGINT;
CREATE UNIQUE INDEX agent_by_remote ON agent (remote) WHERE remote IS NOT NULL;
CREATE INDEX agent_by_namer ON agent (named_by) WHERE named_by IS NOT NULL;

-- What an outside agent has taken and works at, until it is done.
CREATE TABLE outside_task (
  remote BIGINT NOT NULL,
  sender BIGINT NOT NULL,
  task_id TEXT NOT NULL,
  context_id TEXT NOT NULL,
  thread TEXT NOT NULL,
  message_id TEXT NOT NULL,
  state TEXT NOT NULL,
  told TEXT NOT NULL,
  looks BIGINT NOT NULL,
  next_at BIGINT,
  ends_at BIGINT NOT NULL,
  PRIMARY KEY (remote, sender, task_id)
);
CREATE INDEX outside_task_by_thread ON outside_task (remote, sender, thread);
CREATE INDEX outside_task_by_time ON outside_task (next_at) WHERE next_at IS NOT NULL;
