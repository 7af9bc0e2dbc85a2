CREATE TABLE IF NOT EXISTS tb."checkout" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "digest" VARCHAR NOT NULL,
  "git_commit" VARCHAR,
  "branch" VARCHAR,
  "remote" VARCHAR,
  "dirty" BOOLEAN NOT NULL,
  "changed" VARCHAR[] NOT NULL,
  "untracked" VARCHAR[] NOT NULL,
  "diff" VARCHAR NOT NULL,
  "diff_is_cut" BOOLEAN NOT NULL DEFAULT False
)
