CREATE TABLE IF NOT EXISTS tb."execution_end" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "outcome" VARCHAR NOT NULL,
  "duration_s" DOUBLE NOT NULL,
  "reads" VARCHAR[] NOT NULL,
  "binds" VARCHAR[] NOT NULL,
  "error" VARCHAR,
  "execution_count" BIGINT
)
