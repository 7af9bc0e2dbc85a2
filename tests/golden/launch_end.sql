CREATE TABLE IF NOT EXISTS tb."launch_end" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "exit_code" BIGINT,
  "error" VARCHAR,
  "wall_s" DOUBLE NOT NULL
)
