-- Transactions of the hub's key that are for something else than a payment by an authorization. What
-- they are for is their `kind`; `contract` is called with `token_call`, the token itself where it is
-- empty. Of one `subject` no two of a kind are on the way at once. `aims` are the questions by
-- which the chain tells that all is done; for an authorization that is its nonce.
ALTER TABLE chain_settlement ADD COLUMN kind TEXT NOT NULL DEFAULT 'exact';
ALTER TABLE chain_settlement ADD COLUMN contract TEXT NOT NULL DEFAULT '';
ALTER TABLE chain_settlement ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE chain_settlement ADD COLUMN aims TEXT NOT NULL DEFAULT '';

CREATE UNIQUE INDEX chain_settlement_of_subject ON chain_settlement (network, kind, subject)
  WHERE subject <> '' AND state IN ('prepared', 'broadcast', 'mined');
CREATE INDEX chain_settlement_by_subject ON chain_settlement (network, kind, subject, number)
  WHERE subject <> '';
