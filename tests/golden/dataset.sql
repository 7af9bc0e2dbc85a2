CREATE TABLE IF NOT EXISTS tb."dataset" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "dataset_id" VARCHAR NOT NULL,
  "name" VARCHAR NOT NULL,
  "made_by" VARCHAR NOT NULL,
  "location" VARCHAR,
  "row_count" BIGINT,
  "size_bytes" BIGINT NOT NULL,
  "column_names" VARCHAR[] NOT NULL,
  "column_types" VARCHAR[] NOT NULL,
  "quick" VARCHAR NOT NULL
)
