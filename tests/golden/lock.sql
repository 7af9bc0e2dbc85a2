CREATE TABLE IF NOT EXISTS tb."lock" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "digest" VARCHAR NOT NULL,
  "packages" VARCHAR[] NOT NULL,
  "origins" VARCHAR[] NOT NULL
)
