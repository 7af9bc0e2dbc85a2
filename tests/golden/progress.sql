CREATE TABLE IF NOT EXISTS tb."progress" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "done" BIGINT NOT NULL,
  "total" BIGINT,
  "unit" VARCHAR NOT NULL,
  "turn" BIGINT NOT NULL DEFAULT 0,
  "is_over" BOOLEAN NOT NULL DEFAULT False
)
