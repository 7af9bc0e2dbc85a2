CREATE TABLE IF NOT EXISTS tb."contribution" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "metrics" VARCHAR[] NOT NULL
)
