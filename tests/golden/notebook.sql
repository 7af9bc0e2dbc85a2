CREATE TABLE IF NOT EXISTS tb."notebook" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "path" VARCHAR,
  "notebook_hash" VARCHAR NOT NULL,
  "cell_count" BIGINT NOT NULL
)
