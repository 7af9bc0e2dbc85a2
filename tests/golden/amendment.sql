CREATE TABLE IF NOT EXISTS tb."amendment" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "name" VARCHAR,
  "parent_run_id" VARCHAR
)
