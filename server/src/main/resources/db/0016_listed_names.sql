-- What names look like, so that none is taken for another's: of agents, of what they list, and of
-- what is listed from outside. Skeletons are made in Java; of an agent id, which is ASCII, also here.
CREATE TABLE listed_name (
  kind TEXT NOT NULL,
  object TEXT NOT NULL,
  holder BIGINT NOT NULL,
  look TEXT NOT NULL,
  same TEXT NOT NULL,
  PRIMARY KEY (kind, object)
);
CREATE INDEX listed_name_by_look ON listed_name (look);
INSERT INTO listed_name (kind, object, holder, look, same)
  SELECT 'agent', agent_id, number,
    replace(replace(replace(replace(agent_id, '1', 'l'), '0', 'o'), 'rn', 'm'), 'vv', 'w'), agent_id
  FROM agent WHERE remote IS NULL;
