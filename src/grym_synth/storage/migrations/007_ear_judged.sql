-- What the latest training found, also where nothing was better and so no ear was added.
CREATE TABLE ear_judged (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    at REAL NOT NULL,
    figures TEXT NOT NULL             -- JSON: how each part was measured, and what others lack
);
INSERT INTO ear_judged (one, at, figures) SELECT 1, made_at, figures FROM ears ORDER BY version DESC LIMIT 1
