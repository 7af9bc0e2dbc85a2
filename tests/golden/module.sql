CREATE TABLE IF NOT EXISTS tb."module" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "digest" VARCHAR NOT NULL,
  "name" VARCHAR NOT NULL,
  "path" VARCHAR NOT NULL,
  "source" VARCHAR NOT NULL
)
