-- What this room asks. The store is attached as tb and in use; values are bound as $name.

-- own_executions: the executions that gave something to a run
SELECT DISTINCT execution_id FROM (
  SELECT execution_id FROM tb.contribution WHERE run_id = $run
  UNION ALL SELECT execution_id FROM tb.run WHERE run_id = $run)
WHERE execution_id IS NOT NULL

-- executions_of_session: every execution of a session in order, with what it rests on
SELECT x.execution_id, x.cell_key, x.cell_id, x.source, e.execution_count,
  coalesce(e.outcome, 'interrupted') AS outcome, e.error, e.duration_s,
  t.before AS rests_on, t.why, t.changes, t.unknown, coalesce(t.ambient, false) AS ambient
FROM tb.execution x
LEFT JOIN tb.execution_end e ON e.execution_id = x.execution_id
LEFT JOIN tb.tie t ON t.execution_id = x.execution_id
WHERE x.session_id = $session
ORDER BY x.execution_id

-- missed_something: whether a rerun showed that a run's slice had left out what mattered
SELECT count(*) > 0 FROM tb.reproduction WHERE run_id = $run AND cause = 'missed dependency'

-- dice_of_session: states of generators of random numbers from before their first use
SELECT execution_id, "of", state FROM tb.dice WHERE session_id = $session ORDER BY id

-- folder_of_session: where a session worked, and for which notebook
SELECT folder, notebook FROM tb.session WHERE session_id = $session

-- datasets_listed: datasets, each with its last sighting and how many runs used it, newest first
SELECT arg_max(d.name, d.dataset_id) AS name, count(DISTINCT i.run_id) AS run_count,
  arg_max(d.row_count, d.dataset_id) AS row_count,
  arg_max(len(d.column_names), d.dataset_id) AS column_count,
  arg_max(d.size_bytes, d.dataset_id) AS size_bytes, arg_max(d.made_by, d.dataset_id) AS made_by,
  any_value(d.location) AS location, coalesce(d.digest, d.quick) AS fingerprint,
  max(d.dataset_id) AS dataset_id, max(d.seen_at) AS seen_at
FROM tb.datasets d LEFT JOIN tb.inputs i USING (dataset_id)
GROUP BY d.name, d.location, coalesce(d.digest, d.quick)
ORDER BY max(d.dataset_id) DESC LIMIT $most

-- inputs_of: what one run used, in the order in which it did
SELECT i.role, i.name, d.row_count, len(d.column_names) AS column_count, d.size_bytes, d.made_by,
  d.location, coalesce(d.digest, d.quick) AS fingerprint, i.dataset_id
FROM tb.inputs i JOIN tb.datasets d USING (dataset_id)
WHERE i.run_id = $run ORDER BY i.role = 'loaded', i.dataset_id

-- dataset_called: datasets by name, id or the end of an id, newest first
SELECT dataset_id, name, made_by, location, row_count, size_bytes, column_names, column_types, quick,
  digest, column_digests, sketches, seen_at
FROM tb.datasets
WHERE name = $of OR dataset_id = $of OR (len($of) >= 6 AND ends_with(dataset_id, $of))
ORDER BY dataset_id DESC LIMIT 1

-- trail_of_session: every execution of a session in order, as far as doubts ask for it
SELECT x.execution_id, x.cell_key, x.cell_id, x.source, x.source_hash, e.execution_count,
  epoch_us(x.written_at) AS began_us, t.before AS rests_on, t.why, t.binds, t.changes
FROM tb.execution x
LEFT JOIN tb.execution_end e ON e.execution_id = x.execution_id
LEFT JOIN tb.tie t ON t.execution_id = x.execution_id
WHERE x.session_id = $session
ORDER BY x.execution_id

-- doubts_of_run: what spoke against a run when it ended, in order
SELECT code, words, names, about FROM tb.doubt WHERE run_id = $run ORDER BY id
