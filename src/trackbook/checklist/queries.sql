-- What this room asks. The store is attached as tb and in use; values are bound as $name.

-- counts_of: how much of each kind is on record of one run
SELECT (SELECT count(*) FROM tb.params WHERE run_id = $run) AS params,
  (SELECT count(*) FROM tb.params WHERE run_id = $run AND origin = 'call') AS params_of_calls,
  (SELECT count(*) FROM tb.metric_summaries WHERE run_id = $run AND point_count > 1) AS series,
  (SELECT count(*) FROM tb.outputs WHERE contains(contents, '"output_type": "stream"') AND execution_id IN (
    SELECT execution_id FROM tb.contribution WHERE run_id = $run
    UNION SELECT execution_id FROM tb.run WHERE run_id = $run)) AS outputs,
  (SELECT count(*) FROM tb.resources WHERE run_id = $run) AS samples,
  (SELECT max(memory_bytes) FROM tb.resources WHERE run_id = $run) AS peak_memory_bytes,
  (SELECT count(*) FROM tb.notes WHERE run_id = $run) AS notes,
  (SELECT count(*) FROM tb.models WHERE run_id = $run) AS models

-- data_of: what one run used
SELECT i.role, i.name, i.row_count, i.quick, i.digest, len(d.column_names) AS column_count
FROM tb.inputs i JOIN tb.datasets d USING (dataset_id) WHERE i.run_id = $run
ORDER BY list_position(['training', 'validation', 'test'], i.role) NULLS LAST, i.name

-- files_of: what one run kept
SELECT path, digest, size_bytes FROM tb.artifacts WHERE run_id = $run ORDER BY path

-- packages_of: packages of one run's models, the last one first
SELECT package_digest, name, size_bytes FROM tb.packages WHERE run_id = $run ORDER BY packaged_at DESC

-- baselines_of: other runs that are tagged as baselines and used some of the same data, the latest first
SELECT DISTINCT f.run_id, f.name
FROM tb.run_facts f JOIN tb.tags t USING (run_id)
  JOIN tb.inputs i ON i.run_id = f.run_id
WHERE f.run_id <> $run AND f.status = 'FINISHED'
  AND ((t.name = 'baseline' AND lower(t.value) NOT IN ('false', 'no', '0'))
    OR (t.name = 'experiment_type' AND t.value = 'baseline'))
  AND i.digest IN (SELECT digest FROM tb.inputs WHERE run_id = $run AND digest IS NOT NULL)
ORDER BY f.run_id DESC LIMIT 100

-- last_move: the entry of the log with which a version came into the state that it is in
SELECT max(entry) AS entry FROM tb.state_moves WHERE version_id = $version AND "after" <> before
