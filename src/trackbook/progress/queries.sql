-- What this room asks. The store is attached as tb and in use; values are bound as $name.

-- goings: how far some runs are, with their latest words in order; times in µs since 1970
WITH latest AS (
  FROM tb.progress WHERE list_contains($runs, run_id)
  QUALIFY row_number() OVER (PARTITION BY run_id ORDER BY id DESC) <= $most),
each AS (
  SELECT run_id, arg_max(struct_pack(done, total, unit, turn, is_over, execution_id), id) AS last,
    list(done ORDER BY id) AS dones, list(turn ORDER BY id) AS turns,
    list(epoch_us(written_at) ORDER BY id) AS times_us
  FROM latest GROUP BY run_id)
SELECT run_id, last.done, last.total, last.unit, last.turn, last.is_over, dones, turns, times_us,
  run_id NOT IN (SELECT run_id FROM tb.run_end WHERE run_id IS NOT NULL) AS is_running,
  last.execution_id IS NULL OR last.execution_id NOT IN (
    SELECT execution_id FROM tb.execution_end WHERE execution_id IS NOT NULL) AS is_executing
FROM each

-- suspects: the series of some runs of which the summary does not already say that all is well
SELECT s.sid, s.run_id, s.name, m.point_count, m.last_value
FROM tb.series s JOIN tb.summary m ON m.sid = s.sid
WHERE list_contains($runs, s.run_id) AND (NOT isfinite(m.last_value)
  OR (m.point_count >= $fewest AND isfinite(m.lowest) AND m.last_value - m.lowest >= abs(m.lowest)))
ORDER BY s.run_id, s.sid

-- tail_of: the latest points of one series, in order
SELECT step, value FROM (
  SELECT step, value, logged_ms FROM (
    SELECT step, value, logged_ms FROM tb.point WHERE sid = $sid
    UNION ALL SELECT step, value, logged_ms FROM tb.point_recent WHERE sid = $sid)
  ORDER BY step DESC, logged_ms DESC LIMIT $most)
ORDER BY step, logged_ms
