-- What became of the agreements about a service is counted for each page of services.
CREATE INDEX market_negotiation_by_service ON market_negotiation (service, state, closed_at, expires_at)
  WHERE agreed_at IS NOT NULL AND is_own = 0;

-- A hub of before movements were linked that still runs must not store what is not linked.
ALTER TABLE ledger_transfer ALTER COLUMN debit_before DROP DEFAULT;   -- @postgresql
ALTER TABLE ledger_transfer ALTER COLUMN credit_before DROP DEFAULT;  -- @postgresql
