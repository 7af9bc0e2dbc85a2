CREATE TABLE IF NOT EXISTS tb."dice" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "of" VARCHAR NOT NULL,
  "state" VARCHAR NOT NULL
)
