-- The session epoch given out last. It begins above every epoch that was counted or taken from the clock before, 32 bits of them, so
-- that no session of before belongs to an account that is made or changed from now on.
INSERT INTO counter (name, value) VALUES ('session_epochs', 4294967296);
