CREATE TABLE IF NOT EXISTS tb."artifact" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "path" VARCHAR NOT NULL,
  "digest" VARCHAR NOT NULL,
  "size_bytes" BIGINT NOT NULL
)
