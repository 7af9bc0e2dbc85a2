CREATE TABLE IF NOT EXISTS tb."trash" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "trashed" BOOLEAN NOT NULL
)
