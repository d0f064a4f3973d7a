-- When a server was last known to be running on this folder, microseconds; 0 before the first one.
INSERT INTO counter (name, value) VALUES ('alive_at', 0);
-- When none was: from the last sign of life of one server to the first of the next. What happened then can only be known from what
-- cameras stored.
CREATE TABLE outage (
    down INTEGER NOT NULL PRIMARY KEY,
    up   INTEGER NOT NULL CHECK (up > down)
) STRICT;
