CREATE TABLE IF NOT EXISTS tb."usage" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "span_s" DOUBLE NOT NULL,
  "cpu_percent" DOUBLE NOT NULL,
  "memory_bytes" BIGINT NOT NULL,
  "system_memory_bytes" BIGINT NOT NULL,
  "process_count" BIGINT NOT NULL,
  "read_bytes" BIGINT,
  "written_bytes" BIGINT,
  "gpu_percent" DOUBLE,
  "gpu_memory_bytes" BIGINT
)
