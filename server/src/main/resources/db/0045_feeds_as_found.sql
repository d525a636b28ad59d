-- By which wish, as its feed was at a change, and in which version something was found to fit. As
-- long as both are as they were it is told as it was found. 0 where that was not kept: then it is
-- held against the wish once more.
ALTER TABLE market_feed_match ADD COLUMN wish BIGINT NOT NULL DEFAULT 0;
ALTER TABLE market_feed_match ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
