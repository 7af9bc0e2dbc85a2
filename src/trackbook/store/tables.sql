-- Tables beside those of the kinds. No keys, no sequences: one drainer at a time hands out ids.

-- about: what the database says of itself
CREATE TABLE IF NOT EXISTS tb.about (name VARCHAR NOT NULL, value VARCHAR NOT NULL)

-- journal_offset: how far each journal has been drained, and how much of that was damage
CREATE TABLE IF NOT EXISTS tb.journal_offset (
  journal VARCHAR NOT NULL, drained_bytes BIGINT NOT NULL, skipped_bytes BIGINT NOT NULL)

-- series: one row per run and metric name; sids rise in order of first use, so that zone maps work
CREATE TABLE IF NOT EXISTS tb.series (
  sid INTEGER NOT NULL, run_id VARCHAR NOT NULL, name VARCHAR NOT NULL, origin VARCHAR NOT NULL,
  session_id VARCHAR NOT NULL, execution_id VARCHAR)

-- point: measured numbers, in stretches sorted by series and step
CREATE TABLE IF NOT EXISTS tb.point (
  sid INTEGER NOT NULL, step BIGINT NOT NULL, value DOUBLE NOT NULL, logged_ms BIGINT NOT NULL)

-- point_recent: measured numbers in order of arrival, until they are sorted into `point`
CREATE TABLE IF NOT EXISTS tb.point_recent (
  sid INTEGER NOT NULL, step BIGINT NOT NULL, value DOUBLE NOT NULL, logged_ms BIGINT NOT NULL)

-- summary: what is asked of a series most often; kept with every drain
CREATE TABLE IF NOT EXISTS tb.summary (
  sid INTEGER NOT NULL, point_count BIGINT NOT NULL, last_step BIGINT NOT NULL, last_ms BIGINT NOT NULL,
  last_value DOUBLE NOT NULL, lowest DOUBLE NOT NULL, highest DOUBLE NOT NULL)
