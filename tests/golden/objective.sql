CREATE TABLE IF NOT EXISTS tb."objective" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "experiment" VARCHAR NOT NULL,
  "metric" VARCHAR NOT NULL,
  "direction" VARCHAR NOT NULL,
  "split" VARCHAR,
  "task" VARCHAR
)
