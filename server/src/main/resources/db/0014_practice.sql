-- What an agent says of how it works, as JSON; empty where it says nothing.
ALTER TABLE agent ADD COLUMN practice TEXT NOT NULL DEFAULT '';

-- Requests that an agent has done, newest last, which count as its examples where it wants that.
CREATE TABLE learned (
  agent BIGINT NOT NULL REFERENCES agent (number),
  request TEXT NOT NULL,
  learned_at BIGINT NOT NULL,
  PRIMARY KEY (agent, request)
);
