CREATE TABLE IF NOT EXISTS tb."collected" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "collector" VARCHAR NOT NULL,
  "moment" VARCHAR NOT NULL,
  "version_id" VARCHAR,
  "names" VARCHAR[] NOT NULL,
  "contents" VARCHAR[] NOT NULL,
  "problem" VARCHAR NOT NULL,
  "duration_s" DOUBLE NOT NULL
)
