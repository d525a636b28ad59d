-- Each movement of an account names the one before it on the same side, and the account's row the newest
-- of each side: nothing is looked for by account, so a transfer changes no index by accounts. Every 64
-- movements of a side are a page, by which times are found: `newest` is its last transfer, `earliest`
-- and `latest` are the bounds of its times, `atoms` is what was moved in it.
ALTER TABLE ledger_account ADD COLUMN debits BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ledger_account ADD COLUMN newest_debit BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ledger_account ADD COLUMN credits BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ledger_account ADD COLUMN newest_credit BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ledger_transfer ADD COLUMN debit_before BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ledger_transfer ADD COLUMN credit_before BIGINT NOT NULL DEFAULT 0;

CREATE TABLE ledger_page (
  account BIGINT NOT NULL,
  side TEXT NOT NULL,
  newest BIGINT NOT NULL,
  earliest BIGINT NOT NULL,
  latest BIGINT NOT NULL,
  atoms BIGINT NOT NULL,
  PRIMARY KEY (account, side, newest)
) WITHOUT ROWID;  -- @sqlite
);                -- @postgresql

-- Which account has paid which other, for a call or else, and by what transfer at first.
CREATE TABLE ledger_payee (
  debit BIGINT NOT NULL,
  credit BIGINT NOT NULL,
  first BIGINT NOT NULL,
  PRIMARY KEY (debit, credit)
) WITHOUT ROWID;  -- @sqlite
);                -- @postgresql

CREATE TABLE ledger_link (
  number BIGINT NOT NULL,
  side TEXT NOT NULL,
  account BIGINT NOT NULL,
  before BIGINT NOT NULL,
  place BIGINT NOT NULL,
  PRIMARY KEY (side, number)
);
INSERT INTO ledger_link (number, side, account, before, place)
SELECT number, 'debit', debit, COALESCE(LAG(number) OVER (PARTITION BY debit ORDER BY number), 0),
  ROW_NUMBER() OVER (PARTITION BY debit ORDER BY number) FROM ledger_transfer
UNION ALL
SELECT number, 'credit', credit, COALESCE(LAG(number) OVER (PARTITION BY credit ORDER BY number), 0),
  ROW_NUMBER() OVER (PARTITION BY credit ORDER BY number) FROM ledger_transfer;
CREATE INDEX ledger_link_by_account ON ledger_link (account, side, place);

UPDATE ledger_transfer SET
  debit_before =
    (SELECT before FROM ledger_link l WHERE l.side = 'debit' AND l.number = ledger_transfer.number),
  credit_before =
    (SELECT before FROM ledger_link l WHERE l.side = 'credit' AND l.number = ledger_transfer.number);
UPDATE ledger_account SET
  debits = (SELECT COUNT(*) FROM ledger_link l
    WHERE l.account = ledger_account.number AND l.side = 'debit'),
  newest_debit = COALESCE((SELECT MAX(l.number) FROM ledger_link l
    WHERE l.account = ledger_account.number AND l.side = 'debit'), 0),
  credits = (SELECT COUNT(*) FROM ledger_link l
    WHERE l.account = ledger_account.number AND l.side = 'credit'),
  newest_credit = COALESCE((SELECT MAX(l.number) FROM ledger_link l
    WHERE l.account = ledger_account.number AND l.side = 'credit'), 0);
INSERT INTO ledger_page (account, side, newest, earliest, latest, atoms)
SELECT l.account, l.side, MAX(l.number), MIN(t.made_at), MAX(t.made_at),
  CAST(SUM(CASE WHEN t.kind IN ('posted', 'post') THEN t.atoms ELSE 0 END) AS BIGINT)
FROM ledger_link l JOIN ledger_transfer t ON t.number = l.number
GROUP BY l.account, l.side, (l.place - 1) / 64 HAVING COUNT(*) = 64;
INSERT INTO ledger_payee (debit, credit, first)
SELECT debit, credit, MIN(number) FROM ledger_transfer
WHERE kind IN ('posted', 'post') AND purpose IN ('payment', 'call') GROUP BY debit, credit;

DROP TABLE ledger_link;
DROP INDEX ledger_transfer_by_debit;
DROP INDEX ledger_transfer_by_credit;
