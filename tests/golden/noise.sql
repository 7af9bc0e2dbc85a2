CREATE TABLE IF NOT EXISTS tb."noise" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "metric" VARCHAR NOT NULL,
  "tries" BIGINT NOT NULL,
  "least" DOUBLE NOT NULL,
  "greatest" DOUBLE NOT NULL,
  "mean" DOUBLE NOT NULL,
  "deviation" DOUBLE NOT NULL
)
