-- Who is told that a payment is final. `asker` is a hash of all that the first request said, and
-- `secret` says that there was something in it that nobody finds on the chain. `seat` is the
-- request that waits and is to be told before others, until `seat_until`. `retried` says that it
-- was asked for again after its transaction had failed, and tried once more.
ALTER TABLE chain_settlement ADD COLUMN asker TEXT NOT NULL DEFAULT '';
ALTER TABLE chain_settlement ADD COLUMN secret BIGINT NOT NULL DEFAULT 0;
ALTER TABLE chain_settlement ADD COLUMN seat TEXT NOT NULL DEFAULT '';
ALTER TABLE chain_settlement ADD COLUMN seat_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE chain_settlement ADD COLUMN retried BIGINT NOT NULL DEFAULT 0;

-- How much is open, of whom, and what was tried lately, is counted before anything is handed in.
CREATE INDEX chain_settlement_of_payer ON chain_settlement (payer)
  WHERE state IN ('prepared', 'broadcast', 'mined');
CREATE INDEX chain_settlement_of_payee ON chain_settlement (payee)
  WHERE state IN ('prepared', 'broadcast', 'mined');
CREATE INDEX chain_attempt_by_time ON chain_attempt (made_at);
