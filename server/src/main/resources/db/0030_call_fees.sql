-- What the hub takes of what sellers are paid for calls. `fee_bps` is agreed with the call, in
-- hundredths of a percent; `fee` is what was taken with its answer, in atoms.
ALTER TABLE paid_call ADD COLUMN fee_bps BIGINT NOT NULL DEFAULT 0;
ALTER TABLE paid_call ADD COLUMN fee BIGINT NOT NULL DEFAULT 0;

-- For each seller all that it was paid for calls, what was taken of that, and what is left to be
-- taken, in ten-thousandths of an atom: less than one atom, where the seller had what was due.
CREATE TABLE call_fee (
  seller BIGINT PRIMARY KEY,
  gross BIGINT NOT NULL CHECK (gross >= 0),
  taken BIGINT NOT NULL CHECK (taken >= 0),
  owed BIGINT NOT NULL CHECK (owed >= 0)
);
