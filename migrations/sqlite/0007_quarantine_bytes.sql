-- How many bytes the bodies and reasons in the quarantine have. Summed up once: asked each time, it would read all of them.
INSERT INTO counter (name, value)
SELECT 'quarantine_bytes', COALESCE(SUM(OCTET_LENGTH(body) + OCTET_LENGTH(detail)), 0) FROM quarantine;
