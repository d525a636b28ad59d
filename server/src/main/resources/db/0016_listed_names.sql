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

-- What agents had listed that is outside: of an agent that speaks A2A, the agent that stands for it.
CREATE TABLE import (
  import_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  importer BIGINT NOT NULL,
  source TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  description TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  marks TEXT NOT NULL,
  signature TEXT NOT NULL,
  document TEXT NOT NULL,
  imported_at BIGINT NOT NULL,
  fetched_at BIGINT NOT NULL
);
CREATE INDEX import_by_importer ON import (importer);
