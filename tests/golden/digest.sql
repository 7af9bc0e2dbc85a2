CREATE TABLE IF NOT EXISTS tb."digest" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "dataset_id" VARCHAR NOT NULL,
  "digest" VARCHAR NOT NULL,
  "column_digests" VARCHAR[] NOT NULL,
  "sketches" VARCHAR[] NOT NULL
)
