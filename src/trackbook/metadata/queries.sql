-- What this room asks: the views of `store/metadata.sql`. The store is in use as tb; values are bound as $name.

-- datasets_called: the datasets that a name, an id, a place or a fingerprint may mean, the last seen first
SELECT dataset_id, namespace, name, version, version_id, version_count, content_digest, schema_version,
  location, format, size_bytes, row_count, created_at, updated_at, last_seen_at, description, "owner", licence,
  pii, retention, roles, run_count, tags
FROM tb.dataset_metadata
WHERE name = $of OR dataset_id = $of OR location = $of OR ends_with(location, '/' || $of) OR dataset_id IN (
  SELECT dataset_id FROM tb.dataset_sightings WHERE $of IN (seen_as, version_id, content_digest, quick))
ORDER BY last_seen_at DESC, dataset_id

-- dataset_versions: the contents that a dataset had, the first first
SELECT version_id, dataset_id, namespace, name, version, content_digest, quick, schema_version, schema_change,
  location, format, made_by, size_bytes, row_count, column_names, column_types, nullables, sketches, roles,
  run_count, created_at, last_seen_at, seen_as
FROM tb.dataset_version_metadata WHERE dataset_id = $id ORDER BY version NULLS LAST, version_id

-- model_of: one version
SELECT model_id, registered_model_id, name, version, seq, description, framework, framework_version, algorithm,
  pipeline_steps, training_dataset_ids, validation_dataset_ids, test_dataset_ids, feature_set_version,
  hyperparameters, hyperparameter_types, training_duration_seconds, cpu_seconds, gpu_seconds,
  peak_memory_bytes, metrics, validation_metrics, metric_splits, signature, api_schema,
  resource_requirements, resource_sources, parent_model_ids, experiment_id, experiment, run_id,
  environment_hash, git_commit, package_digest, size_bytes, created_at, created_by, created_by_known_from,
  author, current_stage, stage_since, environments, slots, aliases, tags
FROM tb.model_metadata WHERE model_id = $id

-- measures_of: what was measured of one version
SELECT name, value, low, high, row_count, split, source FROM tb.model_measures
WHERE version_id = $id ORDER BY name

-- experiment_called: the experiment of a name or an id
SELECT experiment_id, name, description, objective, framework_version, framework_versions, python_version,
  python_versions, environment_hash, environment_hashes, total_runs, best_run_id, best_value, created_at,
  last_updated, tags
FROM tb.experiment_metadata WHERE name = $of OR experiment_id = $of

-- run_facts_of: what is known of one run besides its params, metrics and tags
WITH used AS MATERIALIZED (SELECT role, version_id FROM tb.dataset_uses WHERE run_id = $run)
SELECT left(sha256(json_array('experiment', $experiment)::VARCHAR), 32) AS experiment_id,
  (SELECT arg_max(environment_hash, id) FROM tb.environment WHERE run_id = $run) AS environment_hash,
  (SELECT list(DISTINCT version_id ORDER BY version_id) FROM used WHERE role = 'training') AS training_dataset_ids,
  (SELECT list(DISTINCT version_id ORDER BY version_id) FROM used WHERE role = 'validation') AS validation_dataset_ids,
  (SELECT list(DISTINCT version_id ORDER BY version_id) FROM used WHERE role = 'test') AS test_dataset_ids,
  (SELECT list(version_id ORDER BY version_id) FROM tb.versions WHERE run_id = $run) AS model_ids

-- param_types: the type of each of a run's params
SELECT name, type FROM tb.params WHERE run_id = $run

-- models_called: the version of an id
SELECT version_id FROM tb.versions WHERE version_id = $of

-- is_model: whether a model has versions
SELECT model FROM tb.versions WHERE model = $name LIMIT 1

-- objectives: what each experiment is after
SELECT experiment, task, metric, split, direction FROM tb.objectives

-- collected_of: what plug-ins found of a run, or of a version
SELECT collector, name, value FROM tb.collected_facts
WHERE ($version IS NULL AND version_id IS NULL AND run_id = $run) OR version_id = $version
ORDER BY collector, name
