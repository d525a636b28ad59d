-- Imported servers are listed by their ids and by their names, a page at a time.
CREATE INDEX import_by_id ON import (kind, import_id);
CREATE INDEX import_by_name ON import (kind, name, import_id);             -- @sqlite
CREATE INDEX import_by_name ON import (kind, name COLLATE "C", import_id); -- @postgresql
