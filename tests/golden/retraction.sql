CREATE TABLE IF NOT EXISTS tb."retraction" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "params" VARCHAR[] NOT NULL,
  "metrics" VARCHAR[] NOT NULL
)
