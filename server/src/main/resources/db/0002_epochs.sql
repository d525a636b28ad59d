-- Each part of the journal that is indexed has an epoch of its own, so that its entries are written
-- next to one another. `indexed.epoch` names the next one, whose entries do not count yet.
UPDATE indexed SET epoch = epoch + 1;
ALTER TABLE indexed DROP COLUMN epoch_entries;
