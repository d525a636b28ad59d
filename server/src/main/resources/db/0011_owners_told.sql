-- The key by which an owner's wallet signs open mandates of AP2.
ALTER TABLE owner ADD COLUMN p256_key BYTEA;
