-- What the store itself asks and tells. The store is attached as tb; values are bound as $name.

-- series_of_runs: the series that runs already have
SELECT sid, run_id, name FROM tb.series WHERE list_contains($runs, run_id)

-- next_sid: the number for the next new series
SELECT coalesce(max(sid), -1) + 1 FROM tb.series

-- add_series: new series, from columns
INSERT INTO tb.series SELECT sid, run_id, name, origin, session_id, execution_id FROM new_series

-- add_points: measured numbers, from columns; DuckDB takes a NaN in an array for NULL
INSERT INTO tb.point_recent SELECT sid, step, coalesce(value, 'NaN'), logged_ms FROM new_points

-- add_summaries: keep one row per series; the last value is that of the highest step, then the latest
MERGE INTO tb.summary AS t USING (
  SELECT sid, count(*) AS point_count, max(step) AS last_step,
    arg_max(logged_ms, (step, place)) AS last_ms, arg_max(value, (step, place)) AS last_value,
    coalesce(min(value) FILTER (NOT isnan(value)), 'NaN'::DOUBLE) AS lowest,
    coalesce(max(value) FILTER (NOT isnan(value)), 'NaN'::DOUBLE) AS highest
  FROM (SELECT sid, step, coalesce(value, 'NaN'::DOUBLE) AS value, logged_ms, place FROM new_points)
  GROUP BY sid) AS u
ON t.sid = u.sid
WHEN MATCHED THEN UPDATE SET
  point_count = t.point_count + u.point_count,
  last_value = CASE WHEN u.last_step >= t.last_step THEN u.last_value ELSE t.last_value END,
  last_ms = CASE WHEN u.last_step >= t.last_step THEN u.last_ms ELSE t.last_ms END,
  last_step = greatest(t.last_step, u.last_step),
  lowest = least(t.lowest, u.lowest),
  highest = CASE WHEN isnan(t.highest) THEN u.highest WHEN isnan(u.highest) THEN t.highest
    ELSE greatest(t.highest, u.highest) END
WHEN NOT MATCHED THEN INSERT VALUES
  (u.sid, u.point_count, u.last_step, u.last_ms, u.last_value, u.lowest, u.highest)

-- retract_params: take back params that were given to a run before a moment
DELETE FROM tb.param
WHERE run_id = $run AND list_contains($names, name) AND written_at <= make_timestamp($until)

-- series_to_retract: the series of a run's metrics
SELECT sid FROM tb.series WHERE run_id = $run AND list_contains($names, name)

-- offsets: how far each journal was read, and how much of it was damage
SELECT journal, drained_bytes, skipped_bytes FROM tb.journal_offset

-- add_offsets: how far each journal was read, from columns
INSERT INTO tb.journal_offset BY NAME SELECT journal, drained_bytes, skipped_bytes FROM new_offsets

-- forget_offsets: offsets of journals that are replaced or gone
DELETE FROM tb.journal_offset WHERE list_contains($journals, journal)

-- runs_left_open: runs of a dead session that nobody ended
SELECT DISTINCT run_id FROM tb.run WHERE session_id = $session AND run_id IS NOT NULL
  AND run_id NOT IN (SELECT run_id FROM tb.run_end WHERE run_id IS NOT NULL)

-- session_is_ended: whether a session said that it ended
SELECT count(*) FROM tb.session_end WHERE session_id = $session

-- session_is_known: whether a session ever wrote its first record
SELECT count(*) FROM tb.session WHERE session_id = $session

-- recent_point_count: how many numbers wait to be sorted
SELECT count(*) FROM tb.point_recent

-- sort_recent: sort what arrived lately into its place
INSERT INTO tb.point SELECT * FROM tb.point_recent ORDER BY sid, step, logged_ms

-- clear_recent: the numbers that were sorted
DELETE FROM tb.point_recent

-- tables: the tables of a database
SELECT table_name FROM duckdb_tables() WHERE database_name = $database

-- points_of_series: how many points each series has
SELECT sid, point_count FROM old.summary ORDER BY sid

-- copy_sorted: the points of some series in order
INSERT INTO tb.point
FROM (FROM old.point WHERE sid BETWEEN $first AND $last
  UNION ALL FROM old.point_recent WHERE sid BETWEEN $first AND $last)
ORDER BY sid, step, logged_ms

-- point_count: how many points are sorted
SELECT count(*) FROM tb.point

-- about: what the database says of itself
SELECT name, value FROM tb.about

-- forget_about: make room for a new word
DELETE FROM tb.about WHERE name = $name

-- add_about: a word of the database about itself
INSERT INTO tb.about BY NAME SELECT $name AS name, $value AS value

-- fault_count: how many failures of trackbook's own are on record
SELECT count(*) FROM tb.fault

-- size_of_database: how long the file must at least be
SELECT CASE WHEN wal_size = '0 bytes' THEN 3 * 4096 + used_blocks * block_size ELSE 0 END
FROM pragma_database_size() WHERE database_name = 'tb'
