CREATE TABLE files (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    sha256 TEXT NOT NULL
);
CREATE TABLE heard (
    sha256 TEXT NOT NULL,
    capability TEXT NOT NULL,
    recipe TEXT NOT NULL,
    params TEXT NOT NULL,
    evidence TEXT NOT NULL,
    gaps TEXT NOT NULL,
    heard_at REAL NOT NULL,
    PRIMARY KEY (sha256, capability, recipe, params)
);
CREATE TABLE answers (
    id INTEGER PRIMARY KEY,
    asked_at REAL NOT NULL,
    context TEXT NOT NULL,
    question TEXT NOT NULL,
    paths TEXT NOT NULL,
    answer TEXT NOT NULL
);
CREATE INDEX answers_by_context ON answers (context, id);
