-- How often an entry was replayed and refused again, and when and why the last time: of what was handed in then, which may have been
-- corrected, where code and detail are of the body that is kept.
ALTER TABLE quarantine ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE quarantine ADD COLUMN refused_again INTEGER;
ALTER TABLE quarantine ADD COLUMN again_code TEXT;
ALTER TABLE quarantine ADD COLUMN again_detail TEXT;
