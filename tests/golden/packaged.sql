CREATE TABLE IF NOT EXISTS tb."packaged" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "name" VARCHAR NOT NULL,
  "package_digest" VARCHAR NOT NULL,
  "flavour" VARCHAR NOT NULL,
  "size_bytes" BIGINT NOT NULL,
  "algorithm" VARCHAR,
  "steps" VARCHAR[] NOT NULL DEFAULT [],
  "libraries" VARCHAR[] NOT NULL DEFAULT [],
  "api_schema" VARCHAR
)
