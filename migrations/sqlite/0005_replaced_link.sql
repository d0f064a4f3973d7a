-- A first-start link in whose place a newer one came. It opens nothing and is kept until it expires, so that who opens it is
-- told to look for the newer one.
ALTER TABLE sign_in_link ADD COLUMN replaced INTEGER NOT NULL DEFAULT 0 CHECK (replaced IN (0, 1));
