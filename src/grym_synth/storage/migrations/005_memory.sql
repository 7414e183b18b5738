CREATE TABLE prints (
    number INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE,
    searched INTEGER NOT NULL DEFAULT 0, -- whether its repetitions were looked for
    summary BLOB NOT NULL, -- float16, 130, before what is long: it is read alone
    levels BLOB NOT NULL, -- of short sounds, a byte for each of 65 bands of each frame
    words BLOB NOT NULL -- 64 bits every 80 ms, little-endian
);
CREATE INDEX prints_to_search ON prints (number) WHERE searched = 0;
CREATE TABLE patterns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL DEFAULT '', -- given by the owner
    found_at REAL NOT NULL
);
CREATE TABLE occurrences (
    pattern INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    start_s REAL NOT NULL,
    end_s REAL NOT NULL,
    similarity REAL NOT NULL, -- to the occurrence that it was found by
    PRIMARY KEY (pattern, sha256, start_s)
) WITHOUT ROWID;
CREATE INDEX occurrences_by_content ON occurrences (sha256)
