CREATE TABLE IF NOT EXISTS tb."conformance" (
  "id" VARCHAR NOT NULL,
  "written_at" TIMESTAMP NOT NULL,
  "session_id" VARCHAR NOT NULL,
  "run_id" VARCHAR,
  "execution_id" VARCHAR,
  "contract_digest" VARCHAR NOT NULL,
  "enforced" BOOLEAN NOT NULL,
  "codes" VARCHAR[] NOT NULL,
  "abouts" VARCHAR[] NOT NULL,
  "sentences" VARCHAR[] NOT NULL
)
