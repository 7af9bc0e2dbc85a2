-- What this room asks. The store is attached as tb and in use; values are bound as $name.

-- series_of: the series of some metrics of some runs, with when their runs began, rounded down
SELECT s.sid, s.run_id, s.name, m.point_count,
  epoch_us(r.written_at) // 1000 AS began_ms
FROM tb.series s JOIN tb.summary m ON m.sid = s.sid JOIN tb.kept_run r ON r.run_id = s.run_id
WHERE list_contains($runs, s.run_id) AND list_contains($names, s.name)

-- sparks: the way that short series took, in few points, not numbers left out
WITH wanted AS (
  SELECT s.sid, s.run_id, s.name, m.point_count
  FROM tb.series s JOIN tb.summary m ON m.sid = s.sid
  WHERE list_contains($runs, s.run_id) AND list_contains($names, s.name)
    AND m.point_count BETWEEN 2 AND $longest),
every AS (
  SELECT sid, step, value FROM tb.point SEMI JOIN wanted USING (sid)
  UNION ALL SELECT sid, step, value FROM tb.point_recent SEMI JOIN wanted USING (sid)),
numbered AS (
  SELECT w.run_id, w.name, p.step, p.value,
    (row_number() OVER (PARTITION BY p.sid ORDER BY p.step) - 1) * $most // w.point_count AS place
  FROM every p JOIN wanted w ON w.sid = p.sid WHERE isfinite(p.value)),
thinned AS (
  SELECT run_id, name, place, arg_max(value, step) AS y FROM numbered GROUP BY run_id, name, place)
SELECT run_id, name, list(y ORDER BY place) AS y FROM thinned GROUP BY run_id, name

-- points_by_step: every point of a series as (x, y), in order
SELECT CAST(step AS DOUBLE) AS x, value AS y, value AS low, value AS high
FROM (SELECT step, value, logged_ms FROM tb.point WHERE sid = $sid
  UNION ALL SELECT step, value, logged_ms FROM tb.point_recent WHERE sid = $sid)
ORDER BY step, logged_ms

-- points_by_time: every point of a series as (seconds since the run began, y), in order
SELECT (logged_ms - $began_ms) / 1e3 AS x, value AS y, value AS low, value AS high
FROM (SELECT step, value, logged_ms FROM tb.point WHERE sid = $sid
  UNION ALL SELECT step, value, logged_ms FROM tb.point_recent WHERE sid = $sid)
ORDER BY logged_ms, step

-- buckets_by_step: a series thinned to so many stretches of steps, with what each stands for
WITH every_point AS MATERIALIZED (
  SELECT CAST(step AS DOUBLE) AS x, value, logged_ms AS later FROM tb.point WHERE sid = $sid
  UNION ALL
  SELECT CAST(step AS DOUBLE), value, logged_ms FROM tb.point_recent WHERE sid = $sid),
bounds AS (SELECT min(x) AS first_x, max(x) AS last_x FROM every_point)
SELECT arg_max(x, (x, later)) AS x, arg_max(value, (x, later)) AS y,
  min(value) FILTER (NOT isnan(value)) AS low, max(value) FILTER (NOT isnan(value)) AS high
FROM every_point, bounds
GROUP BY CASE WHEN x = first_x THEN -1
  ELSE least(floor((x - first_x) / nullif(last_x - first_x, 0) * $buckets), $buckets - 1) END
ORDER BY 1

-- buckets_by_time: a series thinned to so many stretches of time, with what each stands for
WITH every_point AS MATERIALIZED (
  SELECT (logged_ms - $began_ms) / 1e3 AS x, value, step AS later FROM tb.point WHERE sid = $sid
  UNION ALL
  SELECT (logged_ms - $began_ms) / 1e3, value, step FROM tb.point_recent WHERE sid = $sid),
bounds AS (SELECT min(x) AS first_x, max(x) AS last_x FROM every_point)
SELECT arg_max(x, (x, later)) AS x, arg_max(value, (x, later)) AS y,
  min(value) FILTER (NOT isnan(value)) AS low, max(value) FILTER (NOT isnan(value)) AS high
FROM every_point, bounds
GROUP BY CASE WHEN x = first_x THEN -1
  ELSE least(floor((x - first_x) / nullif(last_x - first_x, 0) * $buckets), $buckets - 1) END
ORDER BY 1

-- packages_of: the packages in use when a run ended, as name==version
SELECT arg_max(packages, id) AS packages FROM tb.environment WHERE run_id = $run

-- data_of: the datasets that one run used, in the order in which it did
SELECT i.role, i.name, i.location, i.row_count, d.column_names, d.column_types, i.quick, i.digest,
  d.column_digests, d.sketches
FROM tb.inputs i JOIN tb.datasets d USING (dataset_id)
WHERE i.run_id = $run ORDER BY i.dataset_id

-- resources_of: what some runs used, in order; at most 500 samples of each, evenly chosen
SELECT run_id, elapsed_s, cpu_percent, memory_bytes / 1e6 AS memory_mb,
  (read_bytes + written_bytes) / 1e6 / nullif(span_s, 0) AS disk_mb_s, gpu_percent,
  gpu_memory_bytes / 1e6 AS gpu_memory_mb
FROM tb.resources WHERE list_contains($runs, run_id)
QUALIFY row_number() OVER (PARTITION BY run_id ORDER BY sampled_at DESC)
  % (1 + count(*) OVER (PARTITION BY run_id) // 500) = 1 % (1 + count(*) OVER (PARTITION BY run_id) // 500)
ORDER BY run_id, elapsed_s

-- around_of: what was around one run, one fact to a column; threads as NAME=VALUE
SELECT coalesce(m.python, s.python) AS python, m.os AS "system", m.libc, m.cpu AS processor,
  m.cpus_usable, m.memory_bytes // 1_000_000_000 AS memory_GB,
  m.memory_limit_bytes // 1_000_000 AS memory_limit_MB, m.gpus, m.threads, s.host, r.git_commit,
  c.branch AS git_branch, c.remote AS git_remote, c.dirty AS git_dirty,
  CASE WHEN c.dirty THEN left(md5(c.diff), 8) END AS git_diff
FROM tb.run r
LEFT JOIN tb.session s ON s.session_id = r.session_id
LEFT JOIN tb.environment e ON e.run_id = r.run_id
LEFT JOIN tb.machine m ON m.digest = e.machine
LEFT JOIN tb.checkout c ON c.digest = e.checkout
WHERE r.run_id = $run ORDER BY e.id DESC LIMIT 1

-- modules_around: the local modules in use when one run ended, with their digests
SELECT DISTINCT m.name, m.digest
FROM (SELECT unnest(modules) AS digest FROM tb.environment WHERE run_id = $run) e
JOIN tb.module m ON m.digest = e.digest ORDER BY ALL
