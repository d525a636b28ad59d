-- Batches of signed payments that have moved their money. One follows another without a gap;
-- `statement` is what the hub says of one, in canonical form, and `nets` what it comes to for each
-- pair of agents; `nodes` are its leaves, each 32 bytes of hash and 8 of sum. `act` is its leaf in the audit.
-- The batch of a payment is 0 where it moved nothing.
CREATE TABLE x402_batch (
  number BIGINT PRIMARY KEY,
  statement TEXT NOT NULL,
  nets TEXT NOT NULL,
  nodes BYTEA NOT NULL,
  act BIGINT NOT NULL,
  closed_at BIGINT NOT NULL
);
ALTER TABLE x402_payment ADD COLUMN batch BIGINT;
CREATE INDEX x402_payment_waiting ON x402_payment (transfer) WHERE batch IS NULL;
CREATE INDEX x402_payment_by_batch ON x402_payment (batch, transfer) WHERE batch > 0;
