CREATE TABLE IF NOT EXISTS tb."input" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "dataset_id" VARCHAR NOT NULL,
  "role" VARCHAR NOT NULL
)
