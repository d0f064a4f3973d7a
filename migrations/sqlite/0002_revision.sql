-- Counts changes of hierarchy and keys, so that a process knows when another one (`throng camera add` beside a running
-- server) changed what it holds in memory.
INSERT INTO counter (name, value) VALUES ('catalogue_revision', 0);
