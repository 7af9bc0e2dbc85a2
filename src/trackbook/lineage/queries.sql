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
