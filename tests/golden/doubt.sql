CREATE TABLE IF NOT EXISTS tb."doubt" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "code" VARCHAR NOT NULL,
  "words" VARCHAR NOT NULL,
  "names" VARCHAR[] NOT NULL,
  "about" VARCHAR NOT NULL DEFAULT ''
)
