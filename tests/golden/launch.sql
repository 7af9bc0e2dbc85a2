CREATE TABLE IF NOT EXISTS tb."launch" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "target" VARCHAR NOT NULL,
  "target_kind" VARCHAR NOT NULL,
  "target_digest" VARCHAR NOT NULL,
  "entry_point" VARCHAR,
  "command" VARCHAR[] NOT NULL,
  "params" VARCHAR NOT NULL,
  "folder" VARCHAR NOT NULL,
  "python" VARCHAR NOT NULL,
  "environment" VARCHAR NOT NULL,
  "git_commit" VARCHAR,
  "revision" VARCHAR
)
