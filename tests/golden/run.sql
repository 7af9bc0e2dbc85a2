CREATE TABLE IF NOT EXISTS tb."run" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "name" VARCHAR NOT NULL,
  "experiment" VARCHAR NOT NULL,
  "origin" VARCHAR NOT NULL,
  "parent_run_id" VARCHAR,
  "relation" VARCHAR,
  "cell_key" VARCHAR,
  "notebook" VARCHAR,
  "git_commit" VARCHAR,
  "began_us" BIGINT
)
