-- Feeds whose wishes go by meaning, too.
ALTER TABLE market_feed ADD COLUMN by_meaning BIGINT NOT NULL DEFAULT 0;
CREATE INDEX market_feed_by_meaning ON market_feed (number) WHERE by_meaning = 1;

-- Where such a wish points by a model, as little-endian floats: what services are held against, and
-- what requests are, where it is of them. It is of the wish as it was at that change of its feed.
CREATE TABLE market_feed_meaning (
  feed BIGINT PRIMARY KEY,
  change BIGINT NOT NULL,
  model TEXT NOT NULL,
  services BYTEA,
  requests BYTEA
);
CREATE INDEX market_feed_meaning_by_change ON market_feed_meaning (change);
