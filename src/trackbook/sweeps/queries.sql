-- What this room asks. The store is attached as tb and in use; values are bound as $name.

-- sweep_named: how a sweep was last begun
SELECT target, target_kind, "search", space, metric, direction, budget, seed, jobs, executor, prunes,
  timeout_s, name, experiment, status
FROM tb.sweeps WHERE sweep_id = $sweep

-- trials_of: the trials of a sweep as they stand now, by number
SELECT number, run_id, params, state, value, error FROM tb.trials WHERE sweep_id = $sweep ORDER BY number

-- curves_of: the points of one metric of a sweep's trials
SELECT t.run_id, m.step, m.value FROM tb.trial t JOIN tb.metrics m ON m.run_id = t.run_id
WHERE t.sweep_id = $sweep AND t.state IN ('done', 'pruned') AND m.name = $metric ORDER BY m.step

-- points_of: the points of one metric of some runs
SELECT run_id, step, value FROM tb.metrics WHERE run_id IN (SELECT unnest($runs)) AND name = $metric
ORDER BY run_id, step

-- run_is_known: whether a run was begun, and whether it was ended
SELECT (SELECT count(*) FROM tb.run WHERE run_id = $run) > 0,
  (SELECT count(*) FROM tb.run_end WHERE run_id = $run) > 0

-- value_of: the last value of a metric of a run
SELECT last_value FROM tb.metric_summaries WHERE run_id = $run AND name = $metric

-- sweep_names: the names of all sweeps
SELECT DISTINCT r.name FROM tb.run r JOIN tb.sweep s ON s.run_id = r.run_id

-- opened_like: the runs that the opener of a run opened, in their order: run, opener, whether it is
-- a part of another run of that session
SELECT r.run_id, r.execution_id, r.relation = 'child' AND r.parent_run_id IN (
    SELECT run_id FROM tb.run WHERE session_id = o.session_id) AS is_part
FROM tb.run o JOIN tb.run r ON r.session_id = o.session_id AND r.execution_id = o.execution_id
WHERE o.run_id = $run ORDER BY r.run_id

-- told_sweeps: every sweep as it stands now, the newest first
SELECT sweep_id, name, experiment, target, target_kind, "search", space, metric, direction, budget, jobs, status,
  prunes, started_at, ended_at, trial_count, running, done, failed, pruned, cancelled, best_value, best_number, best_run_id
FROM tb.sweeps WHERE $sweep IS NULL OR sweep_id = $sweep ORDER BY started_at DESC, sweep_id DESC

-- told_trials: the trials of a sweep as they stand now, by number
SELECT number, run_id, name, state, params, value, error, started_at, ended_at, wall_s, cells_executed, cells_reused
FROM tb.trials WHERE sweep_id = $sweep ORDER BY number
