CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    params TEXT NOT NULL,
    context TEXT NOT NULL,
    only_one TEXT NOT NULL,
    state TEXT NOT NULL,
    cause TEXT NOT NULL DEFAULT '',
    run INTEGER NOT NULL DEFAULT 1,
    executor TEXT NOT NULL DEFAULT '',
    created REAL NOT NULL,
    started REAL,
    ended REAL,
    is_listed INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    size REAL NOT NULL DEFAULT 0,
    size_ended REAL NOT NULL DEFAULT 0,
    changes INTEGER NOT NULL DEFAULT 0,
    result TEXT NOT NULL DEFAULT 'null'
);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state);
CREATE TABLE IF NOT EXISTS job_items (
    job INTEGER NOT NULL,
    place INTEGER NOT NULL,
    key TEXT NOT NULL,
    payload TEXT NOT NULL,
    size REAL NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before REAL NOT NULL DEFAULT 0,
    executor TEXT NOT NULL DEFAULT '',
    token INTEGER NOT NULL DEFAULT 0,
    began REAL,
    ended REAL,
    result TEXT NOT NULL DEFAULT 'null',
    code TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (job, place),
    UNIQUE (job, key)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS job_items_waiting ON job_items (job, attempts, place) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS job_items_running ON job_items (executor, job) WHERE state = 'running';
CREATE INDEX IF NOT EXISTS job_items_done ON job_items (job, ended) WHERE state = 'done';
CREATE INDEX IF NOT EXISTS job_items_failed ON job_items (job, place) WHERE state = 'failed';
CREATE TABLE IF NOT EXISTS job_executors (
    id TEXT PRIMARY KEY,
    token INTEGER NOT NULL,
    state TEXT NOT NULL,
    pid INTEGER NOT NULL,
    heartbeat REAL NOT NULL
)
