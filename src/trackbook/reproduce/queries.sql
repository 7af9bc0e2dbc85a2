-- What this room asks. The store is attached as tb and in use; values are bound as $name.

-- points_of_run: every point of a run's metrics, in order
SELECT s.name, p.step, p.value
FROM (SELECT sid, step, value, logged_ms FROM tb.point WHERE sid IN (
    SELECT sid FROM tb.series WHERE run_id = $run)
  UNION ALL SELECT sid, step, value, logged_ms FROM tb.point_recent WHERE sid IN (
    SELECT sid FROM tb.series WHERE run_id = $run)) p
JOIN tb.series s ON s.sid = p.sid
ORDER BY s.name, p.step, p.logged_ms

-- runs_opened: the runs of a session with the executions that opened them, in order; one that is a
-- part of another session's run, a trial or a launched one, opens by itself when it is executed again
SELECT run_id, execution_id,
  CASE WHEN origin <> 'launch' AND parent_run_id IN (SELECT run_id FROM tb.run WHERE session_id = $session)
    THEN coalesce(relation, '') ELSE '' END AS relation
FROM tb.run WHERE session_id = $session AND execution_id IS NOT NULL ORDER BY run_id

-- launched_as: the run as which a session was launched, if it was
SELECT name, experiment FROM tb.run WHERE session_id = $session AND origin = 'launch'

-- executions: every execution of a project, in order, with its session
SELECT execution_id, session_id FROM tb.execution ORDER BY execution_id

-- packages_of: the packages in use when a run ended
SELECT packages FROM tb.environment WHERE run_id = $run ORDER BY id DESC LIMIT 1

-- python_of: the version of Python in which a session ran
SELECT python FROM tb.session WHERE session_id = $session

-- data_of_run: the data that one run used, in the order in which it did
SELECT role, name, location, row_count, quick, digest FROM tb.inputs
WHERE run_id = $run ORDER BY dataset_id

-- models_of_run: what the models of one run learned, in the order of their trainings
SELECT label, digest FROM tb.models WHERE run_id = $run ORDER BY trained_at
