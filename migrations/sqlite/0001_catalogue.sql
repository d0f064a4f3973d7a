-- The catalogue: places, cameras, keys, people, audit, quarantine.
--
-- Statements against these tables are standard SQL with $1 placeholders, so that they serve PostgreSQL too; only this
-- file knows SQLite. Times are microseconds of UTC. A migration that was released is never changed: add the next one.

-- Hierarchy. The application checks it as a whole before it writes; the constraints are the second pair of eyes.
CREATE TABLE place (
    id         TEXT    NOT NULL PRIMARY KEY,
    kind       TEXT    NOT NULL CHECK (kind IN ('zone', 'area', 'building', 'organisation')),
    name       TEXT    NOT NULL,
    parent     TEXT    REFERENCES place (id) DEFERRABLE INITIALLY DEFERRED,
    time_zone  TEXT    NOT NULL,
    capacity   INTEGER,
    resets_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE camera (
    id          TEXT    NOT NULL PRIMARY KEY,
    name        TEXT    NOT NULL,
    heartbeat_s INTEGER NOT NULL
) STRICT;

CREATE TABLE camera_line (
    camera   TEXT    NOT NULL REFERENCES camera (id),
    position INTEGER NOT NULL,
    id       TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    PRIMARY KEY (camera, id)
) STRICT;

CREATE TABLE membership (
    camera   TEXT    NOT NULL REFERENCES camera (id),
    position INTEGER NOT NULL,
    zone     TEXT    NOT NULL REFERENCES place (id),
    boundary TEXT    NOT NULL CHECK (boundary IN ('zone', 'area', 'building', 'organisation')),
    since    INTEGER,
    until    INTEGER,
    PRIMARY KEY (camera, position)
) STRICT;

-- Keys. A key without cameras speaks for all, and says so in a column of its own: were it only the absence of rows,
-- losing rows would widen the key. A key may be made before its cameras are.
CREATE TABLE camera_key (
    id           TEXT    NOT NULL PRIMARY KEY,
    digest       BLOB    NOT NULL UNIQUE CHECK (length(digest) = 32),
    every_camera INTEGER NOT NULL
) STRICT;

CREATE TABLE camera_key_camera (
    camera_key TEXT    NOT NULL REFERENCES camera_key (id),
    position   INTEGER NOT NULL,
    camera     TEXT    NOT NULL,
    PRIMARY KEY (camera_key, position)
) STRICT;

-- People. `account`, because `user` means something else in PostgreSQL.
CREATE TABLE account (
    name          TEXT    NOT NULL PRIMARY KEY,
    role          TEXT    NOT NULL CHECK (role IN ('user', 'analyst', 'admin', 'system')),
    language      TEXT    NOT NULL,
    password_hash TEXT,
    session_epoch INTEGER NOT NULL
) STRICT;

CREATE TABLE account_place (
    account  TEXT    NOT NULL REFERENCES account (name),
    position INTEGER NOT NULL,
    place    TEXT    NOT NULL,
    PRIMARY KEY (account, position)
) STRICT;

CREATE TABLE sign_in_link (
    digest  BLOB    NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    purpose TEXT    NOT NULL CHECK (purpose IN ('setup', 'sign_in')),
    account TEXT,
    expires INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_link_expires ON sign_in_link (expires);

CREATE TABLE secret (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

-- The audit log. Each entry's digest covers the digest before it; the triggers keep honest programs honest, the chain
-- shows what dishonest ones did.
CREATE TABLE audit (
    entry   INTEGER NOT NULL PRIMARY KEY,
    at      INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    object  TEXT    NOT NULL,
    allowed INTEGER NOT NULL,
    digest  BLOB    NOT NULL CHECK (length(digest) = 32)
) STRICT;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

-- The quarantine, and how many entries it ever had and gave up.
CREATE TABLE quarantine (
    entry    INTEGER NOT NULL PRIMARY KEY,
    received INTEGER NOT NULL,
    camera   TEXT,
    code     TEXT    NOT NULL,
    detail   TEXT    NOT NULL,
    body     BLOB    NOT NULL,
    replayed INTEGER
) STRICT;
CREATE INDEX quarantine_waiting ON quarantine (entry) WHERE replayed IS NULL;
CREATE INDEX quarantine_replayed ON quarantine (entry) WHERE replayed IS NOT NULL;
CREATE INDEX quarantine_code ON quarantine (code, entry);

CREATE TABLE counter (
    name  TEXT    NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;
INSERT INTO counter (name, value) VALUES ('quarantine_entries', 0), ('quarantine_removed', 0);
