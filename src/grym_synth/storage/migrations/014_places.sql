-- Where recordings lie, for a server that can search by that (pgvector). Made of `vectors`, so it is never moved.
CREATE TABLE places (
    number INTEGER PRIMARY KEY, -- of the recording
    recipe TEXT NOT NULL,
    fit TEXT NOT NULL, -- of the projections that laid it
    described_at REAL NOT NULL -- of the description that it was made of
)
