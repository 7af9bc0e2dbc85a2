CREATE TABLE IF NOT EXISTS tb."tag" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "name" VARCHAR NOT NULL,
  "value" VARCHAR NOT NULL
)
