CREATE TABLE IF NOT EXISTS tb."machine" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "digest" VARCHAR NOT NULL,
  "os" VARCHAR NOT NULL,
  "libc" VARCHAR NOT NULL,
  "cpu" VARCHAR NOT NULL,
  "cpu_count" BIGINT,
  "cpus_usable" DOUBLE NOT NULL,
  "memory_bytes" BIGINT,
  "memory_limit_bytes" BIGINT,
  "gpus" VARCHAR[] NOT NULL,
  "python" VARCHAR NOT NULL,
  "implementation" VARCHAR NOT NULL,
  "threads" VARCHAR[] NOT NULL
)
