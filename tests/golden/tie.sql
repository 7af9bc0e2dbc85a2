CREATE TABLE IF NOT EXISTS tb."tie" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "before" VARCHAR[] NOT NULL,
  "why" VARCHAR[] NOT NULL,
  "binds" VARCHAR[] NOT NULL,
  "changes" VARCHAR[] NOT NULL,
  "ambient" BOOLEAN NOT NULL DEFAULT False,
  "unknown" VARCHAR,
  "seeds" VARCHAR[] NOT NULL DEFAULT []
)
