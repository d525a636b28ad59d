-- Until when an agent may spend as it never did before, since a person has let it go on.
CREATE TABLE spending_allowed (
  scope TEXT PRIMARY KEY,
  until BIGINT NOT NULL
);
