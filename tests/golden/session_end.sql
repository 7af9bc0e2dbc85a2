CREATE TABLE IF NOT EXISTS tb."session_end" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "outcome" VARCHAR NOT NULL
)
