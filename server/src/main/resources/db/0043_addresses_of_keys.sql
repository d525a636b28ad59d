-- The addresses on EVM chains of keys that are, or were, bound: of a payment on a chain its rules are
-- those of the agent whose key pays it. A key of secp256k1 is bound by the half of its point that both of
-- its addresses have in common, so it has two rows.
CREATE TABLE key_address (
  address TEXT PRIMARY KEY,
  public_key TEXT NOT NULL
) WITHOUT ROWID;  -- @sqlite
);                -- @postgresql
CREATE INDEX key_address_of_key ON key_address (public_key);
