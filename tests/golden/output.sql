CREATE TABLE IF NOT EXISTS tb."output" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "contents" VARCHAR NOT NULL,
  "left_out" VARCHAR[] NOT NULL
)
