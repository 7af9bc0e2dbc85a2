CREATE TABLE IF NOT EXISTS tb."reproduction" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "verdict" VARCHAR NOT NULL,
  "duration_s" DOUBLE NOT NULL,
  "differences" VARCHAR[] NOT NULL,
  "largest_difference" DOUBLE NOT NULL,
  "tolerance" DOUBLE NOT NULL,
  "cause" VARCHAR NOT NULL DEFAULT '',
  "blames" VARCHAR[] NOT NULL DEFAULT [],
  "execution_count" BIGINT NOT NULL DEFAULT 0,
  "python" VARCHAR NOT NULL DEFAULT '',
  "tries" BIGINT NOT NULL DEFAULT 1,
  "environment" VARCHAR NOT NULL DEFAULT ''
)
