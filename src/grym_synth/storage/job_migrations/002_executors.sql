-- Where an executor works, and what there is room for.
ALTER TABLE job_executors ADD COLUMN host TEXT NOT NULL DEFAULT '';
ALTER TABLE job_executors ADD COLUMN cpus REAL NOT NULL DEFAULT 0;
ALTER TABLE job_executors ADD COLUMN ram_gb REAL NOT NULL DEFAULT 0;
ALTER TABLE job_executors ADD COLUMN since REAL NOT NULL DEFAULT 0;
-- How often its owner retried a job: a run is also new when others take it over.
ALTER TABLE jobs ADD COLUMN retries INTEGER NOT NULL DEFAULT 0;
UPDATE jobs SET retries = run - 1
