CREATE TABLE IF NOT EXISTS tb."execution" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "source" VARCHAR NOT NULL,
  "source_hash" VARCHAR NOT NULL,
  "cell_id" VARCHAR,
  "cell_key" VARCHAR NOT NULL
)
