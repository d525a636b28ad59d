-- A token of a chain has one code, in small digits. Jobs wrote the large ones of its checksum.
INSERT INTO budget (scope, unit, window_ms, kind, cap, used, reserved, window_start)
SELECT scope, LOWER(unit), window_ms, kind, cap, used, reserved, window_start FROM budget
WHERE unit LIKE 'eip155:%' AND unit <> LOWER(unit)
ON CONFLICT (scope, unit, window_ms)
DO UPDATE SET used = budget.used + excluded.used, reserved = budget.reserved + excluded.reserved;
DELETE FROM budget WHERE unit LIKE 'eip155:%' AND unit <> LOWER(unit);

INSERT INTO budget_bucket (scope, unit, window_ms, started_at, used)
SELECT scope, LOWER(unit), window_ms, started_at, used FROM budget_bucket
WHERE unit LIKE 'eip155:%' AND unit <> LOWER(unit)
ON CONFLICT (scope, unit, window_ms, started_at)
DO UPDATE SET used = budget_bucket.used + excluded.used;
DELETE FROM budget_bucket WHERE unit LIKE 'eip155:%' AND unit <> LOWER(unit);

-- No reservation names one token twice.
UPDATE reservation SET unit = LOWER(unit) WHERE unit LIKE 'eip155:%';
