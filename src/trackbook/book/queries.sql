-- What the book asks. The store is in use as tb; values are bound as $name.

-- runs_of_cells: the last run that each cell opened, of a notebook or of all
SELECT notebook, cell_key, max(run_id) AS run_id FROM kept_run
WHERE cell_key IS NOT NULL AND ($all OR notebook IS NOT DISTINCT FROM $notebook) AND relation IS DISTINCT FROM 'child'
GROUP BY notebook, cell_key LIMIT $most

-- run_names: names of the latest runs
SELECT name FROM (SELECT name, max(run_id) AS latest FROM run_facts GROUP BY name)
ORDER BY latest DESC LIMIT $most

-- metric_names: names of metrics
SELECT DISTINCT name FROM metric_summaries ORDER BY name LIMIT $most

-- param_names: names of params
SELECT DISTINCT name FROM params ORDER BY name LIMIT $most

-- package_of_run: the package that was kept with a run, the last one
SELECT package_digest FROM packages WHERE run_id = $run ORDER BY packaged_at DESC LIMIT 1

-- aims: the metric that each experiment is after, and which way it is better; NULL: sweeps are after it
SELECT experiment, metric, direction FROM objectives
UNION ALL
SELECT NULL, metric, any_value(direction) FROM sweep_facts
WHERE direction IS NOT NULL GROUP BY metric HAVING count(DISTINCT direction) = 1

-- knows_aims: whether the database is of a trackbook that knows objectives and sweeps
SELECT count(*) FROM duckdb_views()
WHERE database_name = 'tb' AND view_name IN ('objectives', 'sweep_facts') HAVING count(*) = 2
