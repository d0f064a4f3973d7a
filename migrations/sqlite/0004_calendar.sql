-- When a place is open, as JSON; as the place around it where NULL.
ALTER TABLE place ADD COLUMN calendar TEXT;
