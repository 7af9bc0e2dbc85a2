-- What this room asks. The store is attached as tb and in use; values are bound as $name.
-- `asked` is the runs of one page, by their place in it.

-- metric_of_runs: each run's last value of one metric
SELECT run_id, last_value AS v FROM tb.series JOIN tb.summary USING (sid) WHERE name = $name

-- param_of_runs: each run's value of one param, as text and, where it reads as one, as a number
SELECT run_id, v, CASE WHEN isnan(TRY_CAST(v AS DOUBLE)) THEN NULL ELSE TRY_CAST(v AS DOUBLE) END AS n
FROM (SELECT run_id, arg_max(value, id) AS v FROM tb.param WHERE name = $name GROUP BY run_id)

-- tag_of_runs: each run's value of one tag, as text and, where it reads as one, as a number
SELECT run_id, v, CASE WHEN isnan(TRY_CAST(v AS DOUBLE)) THEN NULL ELSE TRY_CAST(v AS DOUBLE) END AS n
FROM (SELECT run_id, arg_max(value, id) AS v FROM tb.tag WHERE name = $name GROUP BY run_id)
WHERE v <> ''

-- contains: whether a run's name, params or tags contain a text
(contains(lower(f.name), $words)
  OR f.run_id IN (SELECT run_id FROM tb.params
    WHERE contains(lower(name), $words) OR contains(lower(value), $words))
  OR f.run_id IN (SELECT run_id FROM tb.tags
    WHERE contains(lower(name), $words) OR contains(lower(value), $words)))

-- follows: whether a run comes after another, the newest first
(f.started_at, f.run_id) < (SELECT (g.started_at, g.run_id) FROM tb.run_facts g WHERE g.run_id = $run)

-- asked_params: params of the asked runs as (place, name's number, value)
SELECT a.place, n.code, p.value
FROM tb.param p JOIN asked a ON a.run_id = p.run_id JOIN temp.asked_names n ON n.name = p.name

-- asked_params_in_order: the same, those given last at the end
SELECT a.place, n.code, p.value
FROM tb.param p JOIN asked a ON a.run_id = p.run_id JOIN temp.asked_names n ON n.name = p.name
ORDER BY p.id

-- asked_metrics: last values of the asked runs as (place, name's number, value)
SELECT a.place, n.code, m.last_value AS value
FROM tb.series s JOIN tb.summary m ON m.sid = s.sid JOIN asked a ON a.run_id = s.run_id
  JOIN temp.asked_names n ON n.name = s.name

-- asked_tags_in_order: tags of the asked runs as (place, name's number, value), the last given last
SELECT a.place, n.code, t.value
FROM tb.tag t JOIN asked a ON a.run_id = t.run_id JOIN temp.asked_names n ON n.name = t.name
ORDER BY t.id

-- number_names: every name in use with a number, in alphabetical order, so that each comes over only once
CREATE OR REPLACE TEMP TABLE asked_names AS
SELECT (row_number() OVER (ORDER BY name) - 1)::INTEGER AS code, name FROM (
  SELECT name FROM tb.param UNION SELECT name FROM tb.series UNION SELECT name FROM tb.tag)

-- names: the numbered names in order
SELECT name FROM temp.asked_names ORDER BY code

-- known_names: the names of metrics, params and tags that runs have
SELECT DISTINCT 'metrics' AS "group", name FROM tb.series SEMI JOIN tb.kept_run USING (run_id)
UNION ALL SELECT DISTINCT 'params', name FROM tb.param SEMI JOIN tb.kept_run USING (run_id)
UNION ALL SELECT DISTINCT 'tags', name FROM tb.tags
ORDER BY 1, 2

-- names_in_use: the names that runs have, the latest first
SELECT name FROM tb.run_facts GROUP BY name ORDER BY max(started_at) DESC LIMIT 2000

-- params_of: one run's params, with the rule that caught each
SELECT name, value, type, origin FROM tb.params WHERE run_id = $run ORDER BY name

-- metrics_of: one run's metrics
SELECT name, last_value, last_step, lowest, highest, point_count, origin
FROM tb.metric_summaries WHERE run_id = $run ORDER BY name

-- notes_of: what people wrote about one run
SELECT words, written_at FROM tb.notes WHERE run_id = $run ORDER BY written_at

-- reproductions_of: what came of executing one run again, the latest first
SELECT verdict, tried_at, cause FROM tb.reproductions WHERE run_id = $run ORDER BY tried_at DESC

-- artifacts_of: one run's files
SELECT path, digest, size_bytes, logged_at FROM tb.artifacts WHERE run_id = $run ORDER BY path

-- cells_of: the executions in which one run was opened, given its values or measured
SELECT execution_id, cell_id, execution_count, source, started_at, duration_s, outcome
FROM tb.cells WHERE execution_id IN (
  SELECT execution_id FROM tb.run WHERE run_id = $run
  UNION ALL SELECT execution_id FROM tb.param WHERE run_id = $run
  UNION ALL SELECT execution_id FROM tb.series WHERE run_id = $run
  UNION ALL SELECT execution_id FROM tb.artifact WHERE run_id = $run)
ORDER BY execution_id

-- kin_of: one run's parent and the runs whose parent it is
SELECT run_id, name, status, relation, started_at, run_id = $parent AS is_parent
FROM tb.run_facts WHERE run_id = $parent OR parent_run_id = $run ORDER BY started_at, run_id

-- surroundings_of: where one run ran
SELECT s.program, s.python, s.platform, s.pid, s.outcome, f.error,
  (SELECT arg_max(len(e.packages), e.id) FROM tb.environment e WHERE e.run_id = $run) AS package_count,
  (SELECT max(memory_bytes) FROM tb.resources u WHERE u.run_id = $run) AS peak_memory_bytes,
  (SELECT sum(cpu_percent * span_s) / sum(span_s) FROM tb.resources u
    WHERE u.run_id = $run AND span_s > 0) AS cpu_percent
FROM tb.run_facts f LEFT JOIN tb.sessions s ON s.session_id = f.session_id WHERE f.run_id = $run

-- trashed: the runs in the trash, the latest thrown away first
SELECT r.run_id, coalesce(w.name, r.name) AS name, r.experiment, r.written_at AS started_at,
  t.trashed_at
FROM tb.run r
LEFT JOIN (SELECT run_id, arg_max(name, id) AS name FROM tb.amendment GROUP BY run_id) w
  ON w.run_id = r.run_id
JOIN (
  SELECT run_id, max(written_at) AS trashed_at FROM tb.trash
  GROUP BY run_id HAVING arg_max(trashed, id)) t ON t.run_id = r.run_id
ORDER BY t.trashed_at DESC, r.run_id DESC

-- parts_of: runs with the runs that are parts of them, and the parts of those
WITH RECURSIVE child AS (
  SELECT r.run_id, coalesce(w.parent_run_id, r.parent_run_id) AS parent_run_id
  FROM tb.run r LEFT JOIN (
    SELECT run_id, arg_max(parent_run_id, id) AS parent_run_id FROM tb.amendment GROUP BY run_id) w
    ON w.run_id = r.run_id
  WHERE r.relation = 'child'),
part AS (
  SELECT unnest($runs) AS run_id
  UNION SELECT c.run_id FROM child c JOIN part p ON c.parent_run_id = p.run_id)
SELECT run_id FROM part

-- thrown_away: every run in the trash, also those whose facts are gone, but not what versions rest on
SELECT run_id FROM tb.trash WHERE run_id IS NOT NULL
  AND run_id NOT IN (SELECT source_run_id FROM tb.version WHERE source_run_id IS NOT NULL)
GROUP BY run_id HAVING arg_max(trashed, id)

-- weight_of: how many runs and points are to go
SELECT (SELECT count(*) FROM tb.run WHERE list_contains($runs, run_id)) AS runs,
  (SELECT coalesce(sum(point_count), 0)::BIGINT FROM tb.summary JOIN tb.series USING (sid)
    WHERE list_contains($runs, run_id)) AS points

-- digests_in_use: the contents that runs refer to which are not to go
SELECT DISTINCT digest FROM tb.artifact
WHERE run_id IS NULL OR NOT list_contains($runs, run_id)

-- packages_in_use: the packages that versions, shipments, and runs which are not to go refer to
SELECT package_digest FROM tb.version
UNION SELECT package_digest FROM tb.shipment
UNION SELECT package_digest FROM tb.packaged
WHERE run_id IS NULL OR NOT list_contains($runs, run_id)

-- environment_of: what was around one run when it ended
SELECT digest, packages, "lock", machine, checkout, modules
FROM tb.environment WHERE run_id = $run ORDER BY id DESC LIMIT 1

-- lock_of: everything installed, by digest
SELECT digest, packages, origins FROM tb."lock" WHERE digest = $digest LIMIT 1

-- machine_of: a machine, by digest
SELECT digest, os, libc, cpu, cpu_count, cpus_usable, memory_bytes, memory_limit_bytes, gpus, python,
  implementation, threads
FROM tb.machine WHERE digest = $digest LIMIT 1

-- checkout_of: a work tree, by digest
SELECT digest, git_commit, branch, remote, dirty, changed, untracked, diff, diff_is_cut
FROM tb.checkout WHERE digest = $digest LIMIT 1

-- modules_of: local modules, by their digests
SELECT digest, name, path, any_value(source) AS source FROM tb.module
WHERE list_contains($digests, digest) GROUP BY ALL ORDER BY name, path

-- python_of: the Python that one run ran on
SELECT coalesce(m.python, s.python) AS python FROM tb.run r
LEFT JOIN tb.session s ON s.session_id = r.session_id
LEFT JOIN tb.environment e ON e.run_id = r.run_id LEFT JOIN tb.machine m ON m.digest = e.machine
WHERE r.run_id = $run ORDER BY e.id DESC LIMIT 1
