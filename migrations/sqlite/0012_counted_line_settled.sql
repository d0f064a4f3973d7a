-- Whether somebody was counted at the line. One at which nobody was may be drawn elsewhere; of those remembered before, nobody
-- knows, so they stay.
ALTER TABLE counted_line ADD COLUMN counted INTEGER NOT NULL DEFAULT 1 CHECK (counted IN (0, 1));
