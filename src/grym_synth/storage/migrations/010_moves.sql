-- In a store that another is being moved to: which, and how far that is.
CREATE TABLE store_moves (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    source TEXT NOT NULL,             -- its address, without a password
    state TEXT NOT NULL,              -- copying, whole
    at REAL NOT NULL                  -- seconds since 1970
)
