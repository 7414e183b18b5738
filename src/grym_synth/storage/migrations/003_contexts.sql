ALTER TABLE answers ADD COLUMN folder TEXT NOT NULL DEFAULT '';
CREATE TABLE in_play (
    turn INTEGER NOT NULL,
    place INTEGER NOT NULL,
    subject TEXT NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (turn, place)
) WITHOUT ROWID;
CREATE TABLE route_corrections (
    question TEXT PRIMARY KEY,
    capabilities TEXT NOT NULL,
    at REAL NOT NULL
) WITHOUT ROWID
