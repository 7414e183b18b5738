-- Packs that were taken in, each as it came: to take one back is to drop its rows.
CREATE TABLE shared_packs (
    id TEXT PRIMARY KEY,              -- SHA-256 of its manifest
    signer TEXT NOT NULL,
    made_at INTEGER NOT NULL,         -- seconds since 1970
    taken_at REAL NOT NULL
) WITHOUT ROWID;
-- Kinds of what a pack holds. Of the packs of one signer the newest speaks.
CREATE TABLE shared_parts (
    pack TEXT NOT NULL,
    kind TEXT NOT NULL,
    count INTEGER NOT NULL,
    speaks INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (pack, kind)
) WITHOUT ROWID;
CREATE TABLE shared_rows (
    pack TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,                -- of what speaks of a recording: its SHA-256 first
    value TEXT NOT NULL,              -- JSON
    PRIMARY KEY (pack, kind, key)
) WITHOUT ROWID;
-- Which recording of one's own a recording of a pack is.
CREATE TABLE shared_fits (
    pack TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    own TEXT NOT NULL,                -- SHA-256, empty when there is none
    fit TEXT NOT NULL,                -- copy, same, disagrees, none
    likeness REAL NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (pack, sha256)
) WITHOUT ROWID;
CREATE INDEX shared_fits_by_own ON shared_fits (own) WHERE own <> '';
CREATE TABLE trusted_keys (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    at REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX knowledge_sources_by_author ON knowledge_sources (author_key) WHERE author_key <> ''
