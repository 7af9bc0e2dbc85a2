CREATE TABLE IF NOT EXISTS tb."label" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "thing" VARCHAR NOT NULL,
  "subject" VARCHAR NOT NULL,
  "name" VARCHAR NOT NULL,
  "value" VARCHAR NOT NULL
)
