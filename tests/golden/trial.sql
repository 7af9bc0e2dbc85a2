CREATE TABLE IF NOT EXISTS tb."trial" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "sweep_id" VARCHAR NOT NULL,
  "number" BIGINT NOT NULL,
  "params" VARCHAR NOT NULL,
  "state" VARCHAR NOT NULL,
  "value" DOUBLE,
  "error" VARCHAR,
  "wall_s" DOUBLE,
  "cells_executed" BIGINT,
  "cells_reused" BIGINT,
  "goals" DOUBLE[] NOT NULL DEFAULT []
)
