-- When a camera was registered, microseconds; NULL where nobody noted it. It is not missed before.
ALTER TABLE camera ADD COLUMN registered INTEGER;
