-- What the counts of a place stand for: which direction takes the correction of a miscount, which count its visitors are.
ALTER TABLE place ADD COLUMN sides TEXT NOT NULL DEFAULT 'two' CHECK (sides IN ('two', 'one'));
ALTER TABLE place ADD COLUMN traffic TEXT NOT NULL DEFAULT 'both' CHECK (traffic IN ('both', 'in', 'out'));
