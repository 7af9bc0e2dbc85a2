CREATE TABLE IF NOT EXISTS tb."session" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "program" VARCHAR NOT NULL,
  "notebook" VARCHAR,
  "login" VARCHAR NOT NULL,
  "host" VARCHAR NOT NULL,
  "pid" BIGINT NOT NULL,
  "python" VARCHAR NOT NULL,
  "platform" VARCHAR NOT NULL,
  "version" VARCHAR NOT NULL,
  "folder" VARCHAR,
  "forked_from" VARCHAR
)
