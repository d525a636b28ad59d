-- What was erased, in the order of the commits: whoever writes holds the one row of `erased_count`
-- until then. Other hubs, and the index of words, follow it.
CREATE TABLE erased (
  number BIGINT PRIMARY KEY,
  position BIGINT NOT NULL,
  place BIGINT NOT NULL
);
CREATE TABLE erased_count (
  one INTEGER PRIMARY KEY,
  count BIGINT NOT NULL
);
INSERT INTO erased_count (one, count) VALUES (1, 0);

-- What is added to the ids of transactions where they are kept: the ids of a new cluster start again.
CREATE TABLE xact_base (       -- @postgresql
  one INTEGER PRIMARY KEY,     -- @postgresql
  base BIGINT NOT NULL         -- @postgresql
);                             -- @postgresql
INSERT INTO xact_base (one, base) VALUES (1, 0);  -- @postgresql

-- The newest head of each log for which this hub stands as a witness.
CREATE TABLE witnessed (
  origin TEXT PRIMARY KEY,
  size BIGINT NOT NULL,
  root BYTEA NOT NULL
);

-- What witnesses signed of this hub's heads: a line of the note each.
CREATE TABLE audit_cosignature (
  size BIGINT NOT NULL,
  witness TEXT NOT NULL,
  line TEXT NOT NULL,
  PRIMARY KEY (size, witness)
);
