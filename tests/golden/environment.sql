CREATE TABLE IF NOT EXISTS tb."environment" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "digest" VARCHAR NOT NULL,
  "packages" VARCHAR[] NOT NULL,
  "lock" VARCHAR,
  "machine" VARCHAR,
  "checkout" VARCHAR,
  "modules" VARCHAR[] NOT NULL DEFAULT [],
  "environment_hash" VARCHAR
)
