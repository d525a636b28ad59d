-- What buyers have signed to pay (EIP-3009), for each transfer that was made of it: who has the
-- signature can show that the debit was wanted. `nonce` works once for a payer.
CREATE TABLE x402_payment (
  transfer BIGINT PRIMARY KEY,
  payer TEXT NOT NULL,
  pay_to TEXT NOT NULL,
  atoms BIGINT NOT NULL,
  valid_after TEXT NOT NULL,
  valid_before TEXT NOT NULL,
  nonce TEXT NOT NULL,
  signature TEXT NOT NULL,
  identifier TEXT,
  UNIQUE (payer, nonce)
);
CREATE UNIQUE INDEX x402_payment_by_identifier ON x402_payment (payer, identifier)
  WHERE identifier IS NOT NULL;
