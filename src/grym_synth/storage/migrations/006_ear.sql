-- What the owner has taught, by content hash, so that a renamed file keeps it. The path is only what it was called then.
CREATE TABLE ear_labels (
    sha256 TEXT NOT NULL,
    label TEXT NOT NULL,
    is_so INTEGER NOT NULL,           -- 0: the owner says it is not that
    path TEXT NOT NULL,
    at REAL NOT NULL,                 -- seconds since 1970
    PRIMARY KEY (sha256, label)
) WITHOUT ROWID;
CREATE TABLE ear_corrections (
    sha256 TEXT NOT NULL,
    field TEXT NOT NULL,              -- "tempo", "key"
    value TEXT NOT NULL,              -- JSON
    heard TEXT NOT NULL,              -- JSON: [[value, confidence], ...] as measured then, the main finding first
    path TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (sha256, field)
) WITHOUT ROWID;
-- "a is closer to c than b is", three content hashes.
CREATE TABLE ear_preferences (
    a TEXT NOT NULL,
    b TEXT NOT NULL,
    c TEXT NOT NULL,
    paths TEXT NOT NULL,              -- JSON
    at REAL NOT NULL,
    PRIMARY KEY (a, b, c)
) WITHOUT ROWID;
-- The vectors of what was taught, so that training listens to nothing again. Those of another recipe are not mixed in.
CREATE TABLE ear_vectors (
    sha256 TEXT NOT NULL,
    recipe TEXT NOT NULL,
    aspect TEXT NOT NULL,
    vector BLOB NOT NULL,             -- float32, little-endian
    PRIMARY KEY (sha256, recipe, aspect)
) WITHOUT ROWID;
-- Ears are added and never changed, and one row says which of them is in use.
CREATE TABLE ears (
    version INTEGER PRIMARY KEY AUTOINCREMENT,
    before INTEGER,                   -- the version in whose place it came, null for the stock ear
    made_at REAL NOT NULL,
    model BLOB NOT NULL,
    figures TEXT NOT NULL             -- JSON: how it was measured
);
CREATE TABLE ear_in_use (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER REFERENCES ears (version)
);
INSERT INTO ear_in_use (one, version) VALUES (1, NULL)
