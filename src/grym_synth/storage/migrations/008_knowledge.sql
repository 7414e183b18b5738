-- What was read. A row is one version of one address, and the latest is the one that is searched.
CREATE TABLE knowledge_sources (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    address TEXT NOT NULL,
    version INTEGER NOT NULL,
    is_latest INTEGER NOT NULL,
    kind TEXT NOT NULL,
    domain TEXT NOT NULL,
    topic TEXT NOT NULL,
    title TEXT NOT NULL,
    sha256 TEXT NOT NULL,             -- of the bytes that were read
    read_at REAL NOT NULL,            -- seconds since 1970
    checked_at REAL NOT NULL,
    parent TEXT NOT NULL,
    etag TEXT NOT NULL,
    last_modified TEXT NOT NULL,
    recording TEXT NOT NULL,
    author_key TEXT NOT NULL,
    sections TEXT NOT NULL,           -- JSON: [[start, title, level], ...]
    text TEXT NOT NULL,               -- last, since it is long and seldom read
    UNIQUE (address, version)
);
CREATE INDEX knowledge_sources_by_parent ON knowledge_sources (parent);
CREATE INDEX knowledge_sources_by_domain ON knowledge_sources (domain);
-- Pieces of a version. Words are kept for those that are searched: of the latest version, and no copy of another.
CREATE TABLE knowledge_passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source INTEGER NOT NULL,
    is_searched INTEGER NOT NULL,
    copy_of INTEGER,                  -- the passage that is shown in its place
    start INTEGER NOT NULL,           -- code points of the text of the version
    "end" INTEGER NOT NULL,
    title TEXT NOT NULL,
    section TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX knowledge_passages_by_source ON knowledge_passages (source);
CREATE INDEX knowledge_passages_by_copy ON knowledge_passages (copy_of) WHERE copy_of IS NOT NULL;
CREATE VIEW knowledge_searched AS
    SELECT id, title, section, text FROM knowledge_passages WHERE is_searched = 1;
CREATE VIRTUAL TABLE knowledge_words USING fts5 (
    title, section, text,
    content = 'knowledge_searched', content_rowid = 'id', tokenize = 'porter unicode61 remove_diacritics 2'
);
-- By what near-duplicates find each other: hashes of bands of a signature.
CREATE TABLE knowledge_bands (
    band INTEGER NOT NULL,
    passage INTEGER NOT NULL,
    PRIMARY KEY (band, passage)
) WITHOUT ROWID;
CREATE INDEX knowledge_bands_by_passage ON knowledge_bands (passage);
CREATE TABLE knowledge_vectors (
    recipe TEXT NOT NULL,
    passage INTEGER NOT NULL,
    vector BLOB NOT NULL,             -- float16, little-endian
    PRIMARY KEY (recipe, passage)
) WITHOUT ROWID;
CREATE INDEX knowledge_vectors_by_passage ON knowledge_vectors (passage);
-- What is read again by itself.
CREATE TABLE knowledge_follows (
    address TEXT PRIMARY KEY,
    every_s REAL NOT NULL,
    kind TEXT NOT NULL,
    domain TEXT NOT NULL,             -- empty: by its host or folder
    allows_http INTEGER NOT NULL,
    due_at REAL NOT NULL              -- seconds since 1970
) WITHOUT ROWID;
CREATE TABLE knowledge_changes (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL
);
INSERT INTO knowledge_changes (one, seq) VALUES (1, 0)
