-- How a line was drawn and counted when a recording of a camera was imported. Drawn elsewhere under the same name, its crossings
-- would be other events, and everybody in the recording would count twice.
CREATE TABLE counted_line (
    camera TEXT    NOT NULL,
    line   TEXT    NOT NULL,
    start  INTEGER NOT NULL,
    how    TEXT    NOT NULL,
    PRIMARY KEY (camera, line, start)
) STRICT;
