-- Sessions that were signed out of before their time. A token is good without being looked up, so what is kept is which ones are
-- not; each until the token ends by itself.
CREATE TABLE ended_session (
    id      TEXT    NOT NULL PRIMARY KEY,
    expires INTEGER NOT NULL
) STRICT;
CREATE INDEX ended_session_expires ON ended_session (expires);
