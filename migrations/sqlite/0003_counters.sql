-- How the counter of a line counts, and how many values its register has; nothing said where NULL.
ALTER TABLE camera_line ADD COLUMN semantics TEXT CHECK (semantics IN ('event', 'cumulative', 'window', 'state'));
ALTER TABLE camera_line ADD COLUMN wraps_at INTEGER;
