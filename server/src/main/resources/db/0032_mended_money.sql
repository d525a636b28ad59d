-- When the clock of jobs was last at work, at any hub, so that an outage is known and nobody's silence.
CREATE TABLE job_clock (
  one BIGINT PRIMARY KEY CHECK (one = 1),
  beat_at BIGINT NOT NULL
);

-- A job that ended before it was agreed to leaves its agreement of the market free.
UPDATE job SET negotiation_id = NULL WHERE agreed = 0 AND due_at = 0;

-- What is in escrow stays reserved in the budgets until the job ends, whenever that is.
UPDATE reservation SET expires_at = 9223372036854775807 WHERE reservation_id LIKE 'job:%';

-- Movements are read by time: statements, wallets and what is usual alike, from one index for each side.
DROP INDEX ledger_transfer_by_debit;
DROP INDEX ledger_transfer_by_credit;
CREATE INDEX ledger_transfer_by_debit ON ledger_transfer (debit, made_at, number);
CREATE INDEX ledger_transfer_by_credit ON ledger_transfer (credit, made_at, number);
