CREATE TABLE IF NOT EXISTS tb."gate_result" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "report_id" VARCHAR NOT NULL,
  "place" BIGINT NOT NULL,
  "label" VARCHAR NOT NULL,
  "check_name" VARCHAR NOT NULL,
  "outcome" VARCHAR NOT NULL,
  "severity" VARCHAR NOT NULL,
  "blocks" BOOLEAN NOT NULL,
  "words" VARCHAR NOT NULL,
  "value" VARCHAR,
  "threshold" VARCHAR,
  "evidence" VARCHAR NOT NULL,
  "duration_s" DOUBLE NOT NULL
)
