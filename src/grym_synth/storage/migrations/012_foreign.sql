-- Patterns that other programs made, with vectors of their models: kept apart, and compared only among themselves.
CREATE TABLE foreign_patterns (
    id TEXT PRIMARY KEY,              -- SHA-256 of model, vector and metadata, so that twice is once
    name TEXT NOT NULL,
    model TEXT NOT NULL,              -- empty where the file does not say
    length INTEGER NOT NULL,
    vector BLOB NOT NULL,             -- float32, little-endian
    metadata TEXT NOT NULL,           -- JSON
    recording TEXT NOT NULL,          -- SHA-256 of one of the library, empty where none is meant
    source TEXT NOT NULL,             -- the file that it came from
    at REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX foreign_patterns_by_model ON foreign_patterns (model, length)
