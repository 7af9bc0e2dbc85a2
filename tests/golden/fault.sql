CREATE TABLE IF NOT EXISTS tb."fault" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "place" VARCHAR NOT NULL,
  "message" VARCHAR NOT NULL,
  "trace" VARCHAR NOT NULL
)
