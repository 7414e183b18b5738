CREATE TABLE library_folders (
    root TEXT PRIMARY KEY,
    added_at REAL NOT NULL,
    scanned_at REAL
) WITHOUT ROWID;
CREATE TABLE library_files (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    device INTEGER NOT NULL,
    sha256 TEXT NOT NULL, -- empty while nobody could read it
    state TEXT NOT NULL, -- waiting, known, failed
    reason TEXT NOT NULL -- why it failed
);
CREATE INDEX library_files_by_content ON library_files (sha256);
CREATE TABLE recordings (
    number INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE,
    recipe TEXT NOT NULL,
    described_at REAL NOT NULL,
    figures TEXT NOT NULL,
    words TEXT NOT NULL,
    tags TEXT NOT NULL
);
CREATE INDEX recordings_by_recipe ON recordings (recipe);
CREATE TABLE vectors (
    number INTEGER PRIMARY KEY, -- of the recording
    layout TEXT NOT NULL, -- aspects and their lengths, in the order in which they lie in the data
    data BLOB NOT NULL, -- float16, little-endian
    fragment_spans BLOB NOT NULL, -- float32 pairs: start and end in seconds
    fragment_data BLOB NOT NULL -- float16, one vector for each span
);
CREATE TABLE changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 TEXT NOT NULL UNIQUE
)
