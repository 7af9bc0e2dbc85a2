-- What this room asks. The store is attached as tb and in use; values are bound as $name.

-- own_executions: the executions that gave something to a run
SELECT DISTINCT execution_id FROM (
  SELECT execution_id FROM tb.contribution WHERE run_id = $run
  UNION ALL SELECT execution_id FROM tb.run WHERE run_id = $run)
WHERE execution_id IS NOT NULL

-- executions_of_session: every execution of a session in order, with what it rests on
SELECT x.execution_id, x.cell_key, x.cell_id, x.source, e.execution_count,
  coalesce(e.outcome, 'interrupted') AS outcome, e.error, e.duration_s,
  t.before AS rests_on, t.why, t.changes, t.unknown, coalesce(t.ambient, false) AS ambient,
  coalesce(t.seeds, []) AS seeds
FROM tb.execution x
LEFT JOIN tb.execution_end e ON e.execution_id = x.execution_id
LEFT JOIN tb.tie t ON t.execution_id = x.execution_id
WHERE x.session_id = $session
  OR x.session_id IN (SELECT forked_from FROM tb.session WHERE session_id = $session)
ORDER BY x.execution_id

-- missed_something: whether a rerun showed that a run's slice had left out what mattered
SELECT count(*) > 0 FROM tb.reproduction WHERE run_id = $run AND cause = 'missed dependency'

-- dice_of_session: states of generators of random numbers from before their first use
SELECT execution_id, "of", state FROM tb.dice WHERE session_id = $session
  OR session_id IN (SELECT forked_from FROM tb.session WHERE session_id = $session) ORDER BY id

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
WHERE name = $of OR dataset_id = $of OR location = $of OR ends_with(location, '/' || $of)
  OR (len($of) >= 6 AND ends_with(dataset_id, $of))
ORDER BY coalesce(name = $of OR dataset_id = $of, false) DESC, dataset_id DESC LIMIT 1

-- trail_of_session: every execution of a session in order, as far as doubts ask for it
SELECT x.execution_id, x.cell_key, x.cell_id, x.source, x.source_hash, e.execution_count,
  epoch_us(x.written_at) AS began_us, t.before AS rests_on, t.why, t.binds, t.changes
FROM tb.execution x
LEFT JOIN tb.execution_end e ON e.execution_id = x.execution_id
LEFT JOIN tb.tie t ON t.execution_id = x.execution_id
WHERE x.session_id = $session
  OR x.session_id IN (SELECT forked_from FROM tb.session WHERE session_id = $session)
ORDER BY x.execution_id

-- doubts_of_run: what spoke against a run when it ended, in order
SELECT code, words, names, about FROM tb.doubt WHERE run_id = $run ORDER BY id

-- sessions_of_executions: where some executions ran
SELECT DISTINCT session_id FROM tb.execution WHERE execution_id IN (SELECT unnest($ids))

-- ties_of_session: what each execution of one session rests on
SELECT execution_id, before, why FROM tb.tie WHERE session_id = $session
  OR session_id IN (SELECT forked_from FROM tb.session WHERE session_id = $session)

-- makers_of_datasets: executions that loaded some datasets
SELECT 'execution' AS from_kind, execution_id AS from_id, made_by AS label,
  'dataset' AS to_kind, dataset_id AS to_id
FROM tb.dataset
WHERE dataset_id IN (SELECT unnest($ids)) AND execution_id IS NOT NULL

-- datasets_made: datasets that some executions loaded
SELECT 'execution' AS from_kind, execution_id AS from_id, made_by AS label,
  'dataset' AS to_kind, dataset_id AS to_id
FROM tb.dataset
WHERE execution_id IN (SELECT unnest($ids))

-- data_of_runs: datasets that some runs used
SELECT DISTINCT 'dataset' AS from_kind, dataset_id AS from_id, role AS label,
  'run' AS to_kind, run_id AS to_id
FROM tb.input
WHERE run_id IN (SELECT unnest($ids))

-- users_of_datasets: runs that used some datasets
SELECT DISTINCT 'dataset' AS from_kind, dataset_id AS from_id, role AS label,
  'run' AS to_kind, run_id AS to_id
FROM tb.input
  SEMI JOIN tb.kept_run USING (run_id)
WHERE dataset_id IN (SELECT unnest($ids))

-- makers_of_runs: executions that gave something to some runs
SELECT DISTINCT 'execution' AS from_kind, execution_id AS from_id, 'made' AS label,
  'run' AS to_kind, run_id AS to_id
FROM tb.contribution
WHERE run_id IN (SELECT unnest($ids)) AND execution_id IS NOT NULL

-- runs_made: runs to which some executions gave something
SELECT DISTINCT 'execution' AS from_kind, execution_id AS from_id, 'made' AS label,
  'run' AS to_kind, run_id AS to_id
FROM tb.contribution
  SEMI JOIN tb.kept_run USING (run_id)
WHERE execution_id IN (SELECT unnest($ids))

-- parents_of_runs: runs of which some are variations or parts
SELECT 'run' AS from_kind, coalesce(a.parent, r.parent_run_id) AS from_id,
  CASE r.relation WHEN 'child' THEN 'part' ELSE r.relation END AS label, 'run' AS to_kind, r.run_id AS to_id
FROM tb.run r LEFT JOIN (
  SELECT run_id, arg_max(parent_run_id, id) AS parent FROM tb.amendment
  WHERE run_id IN (SELECT unnest($ids)) GROUP BY run_id) a USING (run_id)
WHERE r.run_id IN (SELECT unnest($ids)) AND coalesce(a.parent, r.parent_run_id) IS NOT NULL

-- children_of_runs: variations and parts of some runs
SELECT DISTINCT 'run' AS from_kind, p.parent_run_id AS from_id,
  CASE r.relation WHEN 'child' THEN 'part' ELSE r.relation END AS label, 'run' AS to_kind, r.run_id AS to_id
FROM (
  SELECT run_id, parent_run_id FROM tb.run WHERE parent_run_id IN (SELECT unnest($ids))
  UNION ALL
  SELECT run_id, parent_run_id FROM tb.amendment WHERE parent_run_id IN (SELECT unnest($ids))) p
JOIN tb.run r USING (run_id) SEMI JOIN tb.kept_run k ON k.run_id = r.run_id

-- runs_of_artifacts: runs that made some files
SELECT DISTINCT 'run' AS from_kind, run_id AS from_id, path AS label,
  'artifact' AS to_kind, digest AS to_id
FROM tb.artifact  SEMI JOIN tb.kept_run USING (run_id)
WHERE digest IN (SELECT unnest($ids))

-- artifacts_of_runs: files that some runs made
SELECT DISTINCT 'run' AS from_kind, run_id AS from_id, path AS label,
  'artifact' AS to_kind, digest AS to_id
FROM tb.artifact
WHERE run_id IN (SELECT unnest($ids))

-- runs_of_models: runs that trained some models
SELECT DISTINCT 'run' AS from_kind, run_id AS from_id, label, 'model' AS to_kind, digest AS to_id
FROM tb.model  SEMI JOIN tb.kept_run USING (run_id)
WHERE digest IN (SELECT unnest($ids))

-- models_of_runs: models that some runs trained
SELECT DISTINCT 'run' AS from_kind, run_id AS from_id, label, 'model' AS to_kind, digest AS to_id
FROM tb.model
WHERE run_id IN (SELECT unnest($ids))

-- versions_of_runs: versions that were registered of some runs
SELECT 'run' AS from_kind, source_run_id AS from_id, 'registered' AS label, 'version' AS to_kind,
  version_id AS to_id
FROM tb.version WHERE source_run_id IN (SELECT unnest($ids))

-- runs_of_versions: the runs of which some versions were registered
SELECT 'run' AS from_kind, source_run_id AS from_id, 'registered' AS label, 'version' AS to_kind,
  version_id AS to_id
FROM tb.version WHERE version_id IN (SELECT unnest($ids)) AND source_run_id IS NOT NULL

-- parents_of_versions: versions from which some go on
SELECT 'version' AS from_kind, parent_id AS from_id, 'parent' AS label, 'version' AS to_kind,
  version_id AS to_id
FROM tb.version WHERE version_id IN (SELECT unnest($ids)) AND parent_id IS NOT NULL

-- children_of_versions: versions that go on from some
SELECT 'version' AS from_kind, parent_id AS from_id, 'parent' AS label, 'version' AS to_kind,
  version_id AS to_id
FROM tb.version WHERE parent_id IN (SELECT unnest($ids))

-- slots_of_versions: the slots that some versions are in
SELECT 'version' AS from_kind, version_id AS from_id, role AS label, 'slot' AS to_kind,
  concat_ws('/', model, env, role) AS to_id
FROM tb.slots WHERE version_id IN (SELECT unnest($ids))

-- gates_of_versions: what some versions were asked before each target, the last time
SELECT 'version' AS from_kind, version_id AS from_id, 'examined' AS label, 'gate' AS to_kind,
  report_id AS to_id
FROM tb.gate_report WHERE version_id IN (SELECT unnest($ids))
QUALIFY row_number() OVER (PARTITION BY version_id, target ORDER BY began_us DESC, report_id DESC) = 1

-- versions_of_gates: the versions that some gates examined
SELECT 'version' AS from_kind, version_id AS from_id, 'examined' AS label, 'gate' AS to_kind,
  report_id AS to_id
FROM tb.gate_report WHERE report_id IN (SELECT unnest($ids))

-- versions_of_slots: the versions in some slots
SELECT 'version' AS from_kind, version_id AS from_id, role AS label, 'slot' AS to_kind,
  concat_ws('/', model, env, role) AS to_id
FROM tb.slots WHERE concat_ws('/', model, env, role) IN (SELECT unnest($ids))

-- origins_of_versions: what some versions were in the project that they came from
SELECT 'origin' AS from_kind, origin_id AS from_id, label, 'version' AS to_kind, version_id AS to_id
FROM tb.origins WHERE what <> 'paper' AND led_to = '' AND version_id IN (SELECT unnest($ids))

-- origins_of_origins: what some things elsewhere were made of there
SELECT 'origin' AS from_kind, origin_id AS from_id, label, 'origin' AS to_kind, led_to AS to_id
FROM tb.origins WHERE what <> 'paper' AND led_to IN (SELECT unnest($ids))

-- versions_of_origins: versions here that came from some versions elsewhere
SELECT 'origin' AS from_kind, origin_id AS from_id, label, 'version' AS to_kind, version_id AS to_id
FROM tb.origins WHERE led_to = '' AND origin_id IN (SELECT unnest($ids))

-- made_of_origins: what was made elsewhere of some things
SELECT 'origin' AS from_kind, origin_id AS from_id, label, 'origin' AS to_kind, led_to AS to_id
FROM tb.origins WHERE led_to <> '' AND origin_id IN (SELECT unnest($ids))

-- shipments_of_versions: where some versions were sent
SELECT 'version' AS from_kind, version_id AS from_id, 'promoted_to' AS label, 'shipment' AS to_kind,
  shipment_id AS to_id
FROM tb.shipments WHERE step = 'sent' AND version_id IN (SELECT unnest($ids))

-- versions_of_shipments: the versions that were sent
SELECT 'version' AS from_kind, version_id AS from_id, 'promoted_to' AS label, 'shipment' AS to_kind,
  shipment_id AS to_id
FROM tb.shipments WHERE step = 'sent' AND shipment_id IN (SELECT unnest($ids))

-- facts_of_origins: what to say of some things elsewhere
SELECT origin_id AS id, any_value(name) || ' in ' || any_value(env) AS name, any_value(detail) AS detail,
  any_value(born_at) AS at
FROM tb.origins WHERE origin_id IN (SELECT unnest($ids)) GROUP BY origin_id

-- facts_of_shipments: what to say of some versions that were sent
SELECT shipment_id AS id, model || '@' || version || ' in ' || coalesce(nullif(to_env, ''), place) AS name,
  concat_ws(', ', 'sha256:' || package_digest, 'by ' || actor, nullif(reason, '')) AS detail,
  shipped_at AS at
FROM tb.shipments WHERE step = 'sent' AND shipment_id IN (SELECT unnest($ids))

-- facts_of_versions: what to say of some versions
SELECT version_id AS id, model || '@' || version AS name,
  concat_ws(', ', state, flavour, 'sha256:' || package_digest) AS detail, registered_at AS at
FROM tb.versions WHERE version_id IN (SELECT unnest($ids))

-- facts_of_gates: what to say of some gates' reports
SELECT report_id AS id, 'to ' || target AS name,
  concat_ws(', ', verdict, model || '@' || version, 'policy ' || policy_digest[:12]) AS detail,
  make_timestamp(began_us) AS at
FROM tb.gate_report WHERE report_id IN (SELECT unnest($ids))

-- facts_of_slots: what to say of some slots
SELECT concat_ws('/', model, env, role) AS id, concat_ws('/', model, env, role) AS name,
  concat_ws(', ', model || '@' || version, 'by ' || actor, nullif(reason, '')) AS detail, since AS at
FROM tb.slots WHERE concat_ws('/', model, env, role) IN (SELECT unnest($ids))

-- facts_of_executions: what to say of some executions
SELECT c.execution_id AS id, coalesce('[' || c.execution_count || ']', '[ ]') AS name,
  c.source AS detail, c.started_at AS at
FROM tb.cells c WHERE c.execution_id IN (SELECT unnest($ids))

-- facts_of_datasets: what to say of some datasets
SELECT dataset_id AS id, name, concat_ws(', ', row_count || ' rows', len(column_names) || ' columns',
  made_by, location, coalesce(digest, quick)) AS detail, seen_at AS at
FROM tb.datasets WHERE dataset_id IN (SELECT unnest($ids))

-- facts_of_runs: what to say of some runs
SELECT run_id AS id, name, concat_ws(', ', status, experiment, reproduced) AS detail, started_at AS at,
  status, ended_at
FROM tb.run_facts WHERE run_id IN (SELECT unnest($ids))

-- facts_of_artifacts: what to say of some files
SELECT digest AS id, any_value(path) AS name, max(size_bytes) || ' bytes' AS detail, min(logged_at) AS at
FROM tb.artifacts WHERE digest IN (SELECT unnest($ids)) GROUP BY digest

-- facts_of_models: what to say of some models
SELECT digest AS id, any_value(label) AS name, any_value(library) || ', ' || digest AS detail,
  min(trained_at) AS at
FROM tb.models WHERE digest IN (SELECT unnest($ids)) GROUP BY digest

-- thing_called: things other than runs by id, its end, path or count, the newest first
SELECT kind, id FROM (
  SELECT 'dataset' AS kind, dataset_id AS id, dataset_id AS born FROM tb.dataset
    WHERE name = $of OR dataset_id = $of OR (len($of) >= 6 AND ends_with(dataset_id, $of))
  UNION ALL SELECT 'execution', execution_id, execution_id FROM tb.execution_end
    WHERE execution_id = $of OR (len($of) >= 6 AND ends_with(execution_id, $of))
      OR '[' || execution_count || ']' = $of
  UNION ALL SELECT 'artifact', digest, id FROM tb.artifact WHERE path = $of OR digest = $of
  UNION ALL SELECT 'model', digest, id FROM tb.model WHERE digest = $of
  UNION ALL SELECT 'version', version_id, version_id FROM tb.version
    WHERE version_id = $of OR model || '@' || semver = $of
  UNION ALL SELECT 'gate', report_id, report_id FROM tb.gate_report WHERE report_id = $of
  UNION ALL SELECT 'origin', origin_id, origin_id FROM tb.origin WHERE origin_id = $of
  UNION ALL SELECT 'shipment', shipment_id, shipment_id FROM tb.shipment WHERE shipment_id = $of
  UNION ALL SELECT 'slot', $of, version_id FROM tb.slots WHERE concat_ws('/', model, env, role) = $of)
ORDER BY born DESC LIMIT 1

-- runs_of_tree: the latest runs with what the tree of variations says of each
SELECT r.run_id, r.name, r.parent_run_id, r.relation, r.status, r.reproduced, r.started_at,
  r.ended_at, r.notebook, r.params, r.metrics, x.source_hash, d.fingerprints
FROM tb.runs r
LEFT JOIN tb.run o ON o.run_id = r.run_id
LEFT JOIN tb.execution x ON x.execution_id = o.execution_id
LEFT JOIN (
  SELECT run_id, list(DISTINCT coalesce(digest, quick) ORDER BY coalesce(digest, quick)) AS fingerprints
  FROM tb.inputs GROUP BY run_id) d ON d.run_id = r.run_id
WHERE $notebook IS NULL OR r.notebook = $notebook
ORDER BY r.run_id DESC LIMIT $most

-- outputs_of: what executions put out, as JSON
SELECT execution_id, contents FROM tb.output WHERE list_contains($executions, execution_id)
