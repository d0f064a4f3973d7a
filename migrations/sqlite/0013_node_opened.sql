-- Whether a server or an import ever had event log and store open beside this catalogue. Of before it is known where people decided
-- something or a file was imported.
INSERT INTO counter (name, value)
SELECT 'node_opened', EXISTS (SELECT 1 FROM audit WHERE actor <> 'command line' OR action = 'import');
