CREATE TABLE IF NOT EXISTS tb."model" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "label" VARCHAR NOT NULL,
  "library" VARCHAR NOT NULL,
  "digest" VARCHAR NOT NULL,
  "is_whole" BOOLEAN NOT NULL
)
