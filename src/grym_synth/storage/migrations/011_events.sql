-- What changed, for whoever else looks at the store: a sequence that every reader catches up by. Triggers fill it, which
-- each kind of store has in its own words.
CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,                 -- seconds since 1970
    kind TEXT NOT NULL,               -- recording, label, correction, ear, note, health, job
    subject TEXT NOT NULL,            -- SHA-256, number of a source, name of a hub, id of a job
    what TEXT NOT NULL                -- changed, taught, taken back, read, forgotten, a state
)
