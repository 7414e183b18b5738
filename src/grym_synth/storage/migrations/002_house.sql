CREATE TABLE leases (
    id TEXT PRIMARY KEY,
    hub TEXT NOT NULL,
    holder TEXT NOT NULL,
    agent TEXT NOT NULL,
    context TEXT NOT NULL,
    priority TEXT NOT NULL,
    cpu REAL NOT NULL,
    ram_gb REAL NOT NULL,
    since REAL NOT NULL,
    expires REAL,
    heartbeat REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE health_log (
    seq INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    hub TEXT NOT NULL,
    state TEXT NOT NULL,
    pressure REAL NOT NULL,
    cause TEXT NOT NULL,
    event TEXT NOT NULL,
    signals TEXT NOT NULL,
    is_fine INTEGER NOT NULL DEFAULT 1 -- until its minute has been thinned
);
CREATE INDEX health_log_by_time ON health_log (at);
CREATE INDEX health_log_to_thin ON health_log (at) WHERE is_fine = 1;
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    hub TEXT NOT NULL,
    kind TEXT NOT NULL,
    what TEXT NOT NULL,
    cause TEXT NOT NULL,
    count INTEGER NOT NULL,
    detail TEXT NOT NULL,
    UNIQUE (at, hub, kind, what, cause)
);
CREATE TABLE accounts (
    context TEXT PRIMARY KEY,
    leases INTEGER NOT NULL,
    cpu_s REAL NOT NULL,
    ram_gb_s REAL NOT NULL,
    gpu_gb_s REAL NOT NULL,
    cpu_used_s REAL NOT NULL,
    storage_bytes INTEGER NOT NULL,
    model_tokens INTEGER NOT NULL
);
CREATE TABLE account_batches (
    batch TEXT PRIMARY KEY,
    at REAL NOT NULL
);
CREATE INDEX account_batches_by_time ON account_batches (at)
