-- Metadata: one row for each dataset, version of one, model and experiment. Documented in the README.
-- Written like `views.sql`, whose views these ask; what cannot be known is NULL.

-- labels: one row per thing and word, the last value given; an empty one removes it
CREATE OR REPLACE VIEW labels AS
SELECT thing, subject, name, arg_max(value, id) AS value, max(written_at) AS written_at
FROM label GROUP BY thing, subject, name HAVING arg_max(value, id) <> ''

-- label_maps: the labels of each thing as a map, and when one was last given or taken away
CREATE OR REPLACE VIEW label_maps AS
SELECT thing, subject, coalesce(map(list(name ORDER BY name) FILTER (value <> ''),
    list(value ORDER BY name) FILTER (value <> '')), MAP {}) AS entries, max(written_at) AS written_at
FROM (SELECT thing, subject, name, arg_max(value, id) AS value, max(written_at) AS written_at
  FROM label GROUP BY thing, subject, name)
GROUP BY thing, subject

-- dataset_sightings: datasets as they were seen, each with the dataset and the version that it is
CREATE OR REPLACE VIEW dataset_sightings AS
SELECT *, min(seen_as) OVER (PARTITION BY dataset_id, content) AS version_id
FROM (
  SELECT d.dataset_id AS seen_as, left(sha256(json_array('dataset', coalesce(d.location, n.notebook, ''),
      d.name)::VARCHAR), 32) AS dataset_id,
    coalesce(d.location, n.notebook, '') AS namespace, d.name, d.made_by, d.location,
    coalesce(g.digest, nullif(d.quick, ''), d.dataset_id) AS content, g.digest AS content_digest,
    nullif(d.quick, '') AS quick, g.digested_as, d.row_count,
    CASE WHEN d.row_count IS NOT NULL THEN d.size_bytes END AS size_bytes, d.column_names, d.column_types,
    d.written_at AS seen_at
  FROM dataset d
  LEFT JOIN (SELECT session_id, any_value(notebook) AS notebook FROM session GROUP BY session_id) n
    ON n.session_id = d.session_id
  LEFT JOIN (
    SELECT dataset_id, nullif(arg_max(digest, id), '') AS digest, min(id) AS digested_as FROM digest GROUP BY dataset_id) g ON g.dataset_id = d.dataset_id)

-- dataset_uses: one row per run, dataset as it was seen, and role; runs in the trash too
CREATE OR REPLACE VIEW dataset_uses AS
SELECT i.run_id, i.role, s.seen_as, s.dataset_id, s.version_id
FROM (SELECT run_id, dataset_id, arg_max(role, id) AS role FROM input
  WHERE run_id IS NOT NULL GROUP BY run_id, dataset_id) i
JOIN dataset_sightings s ON s.seen_as = i.dataset_id

-- dataset_contents: one row per dataset and content that it had, as that was seen last
CREATE OR REPLACE VIEW dataset_contents AS
WITH recent AS (
  FROM dataset_sightings QUALIFY row_number() OVER (PARTITION BY version_id ORDER BY seen_as DESC) = 1),
sketched AS (
  SELECT dataset_id AS seen_as, sketches,
    [TRY_CAST(regexp_extract(one, '^\{"kind": "\w+", "count": \d+, "missing": (\d+)', 1) AS BIGINT) > 0 FOR one IN sketches] AS nullables
  FROM (SELECT dataset_id, arg_max(sketches, id) AS sketches FROM digest
    WHERE dataset_id IN (SELECT seen_as FROM recent) GROUP BY dataset_id))
SELECT recent.* EXCLUDE (seen_as, digested_as, seen_at), whole.seen_as, whole.created_at,
  sketched.sketches, sketched.nullables,
  whole.last_seen_at, coalesce(used.roles, []) AS roles, coalesce(used.run_count, 0) AS run_count,
  CASE WHEN content_digest IS NOT NULL THEN
    row_number() OVER (PARTITION BY dataset_id, content_digest IS NULL ORDER BY whole.digested_as, version_id)
  END AS version,
  [json_array(column_names[i], column_types[i], nullables[i])::VARCHAR
    FOR i IN range(1, len(column_names) + 1)] AS fields,
  [json_array(column_names[i], column_types[i], coalesce(nullables[i], false))::VARCHAR
    FOR i IN range(1, len(column_names) + 1)] AS loose_fields,
  [json_array(column_names[i], column_types[i], false)::VARCHAR
    FOR i IN range(1, len(column_names) + 1)] AS strict_fields
FROM recent
LEFT JOIN sketched USING (seen_as)
JOIN (
  SELECT version_id, list(seen_as ORDER BY seen_as) AS seen_as, min(digested_as) AS digested_as,
    min(seen_at) AS created_at, max(seen_at) AS last_seen_at
  FROM dataset_sightings GROUP BY version_id) whole USING (version_id)
LEFT JOIN (
  SELECT version_id, list(DISTINCT role ORDER BY role) AS roles, count(DISTINCT run_id) AS run_count
  FROM dataset_uses SEMI JOIN kept_run USING (run_id) GROUP BY version_id) used USING (version_id)

-- dataset_version_metadata: one row per content that a dataset had; equal contents have one digest
CREATE OR REPLACE VIEW dataset_version_metadata AS
SELECT version_id, dataset_id, namespace, name, version, content_digest, quick,
  sha256(to_json(fields)::VARCHAR) AS schema_version,
  CASE WHEN fields_before IS NULL THEN NULL WHEN fields = fields_before THEN 'same'
    WHEN coalesce(list_bool_and([
      list_contains(loose_fields, loose_before[i]) OR list_contains(loose_fields, strict_before[i])
      FOR i IN range(1, len(loose_before) + 1)]), true) THEN 'compatible' ELSE 'breaking' END AS schema_change,
  location,
  CASE WHEN made_by ILIKE '%sql%' OR (location LIKE '% %' AND made_by = 'duckdb') THEN 'query'
    WHEN made_by LIKE '%read_parquet' OR regexp_matches(location, '(?i)\.(parquet|pq)$') THEN 'parquet'
    WHEN made_by LIKE '%read_csv' OR regexp_matches(location, '(?i)\.(csv|tsv)(\.\w+)?$') THEN 'csv'
    WHEN made_by LIKE '%read_feather' OR made_by LIKE '%read_ipc'
      OR regexp_matches(location, '(?i)\.(arrow|feather|ipc)$') THEN 'arrow'
    WHEN made_by = 'duckdb' OR regexp_matches(location, '(?i)\.(duckdb|db)$') THEN 'duckdb'
    WHEN location IS NOT NULL THEN nullif(lower(regexp_extract(location, '\.(\w{1,8})$', 1)), '')
    WHEN regexp_matches(made_by, 'Frame$|Table$') THEN 'in-memory frame' ELSE 'in-memory array' END AS format,
  made_by, size_bytes, row_count, column_names, column_types, nullables, sketches, roles, run_count,
  created_at, last_seen_at, seen_as
FROM (
  SELECT *, lag(fields) OVER w AS fields_before, lag(loose_fields) OVER w AS loose_before,
    lag(strict_fields) OVER w AS strict_before
  FROM dataset_contents WINDOW w AS (PARTITION BY dataset_id, version IS NULL ORDER BY version, version_id))

-- dataset_metadata: one row per dataset, as it was seen last
CREATE OR REPLACE VIEW dataset_metadata AS
SELECT d.dataset_id, d.namespace, d.name, d.version, d.version_id, whole.version_count, d.content_digest,
  d.schema_version, d.location, d.format, d.size_bytes, d.row_count, whole.created_at,
  coalesce(l.written_at, whole.created_at) AS updated_at, whole.last_seen_at,
  l.entries['description'] AS description, l.entries['owner'] AS "owner", l.entries['licence'] AS licence,
  l.entries['pii'] AS pii, l.entries['retention'] AS retention, coalesce(used.roles, []) AS roles,
  coalesce(used.run_count, 0) AS run_count, coalesce(l.entries, MAP {}) AS tags
FROM (FROM dataset_version_metadata
  QUALIFY row_number() OVER (PARTITION BY dataset_id ORDER BY last_seen_at DESC, version_id DESC) = 1) d
JOIN (
  SELECT dataset_id, count(version) AS version_count, min(created_at) AS created_at,
    max(last_seen_at) AS last_seen_at
  FROM dataset_version_metadata GROUP BY dataset_id) whole USING (dataset_id)
LEFT JOIN (
  SELECT dataset_id, list(DISTINCT role ORDER BY role) AS roles, count(DISTINCT run_id) AS run_count
  FROM dataset_uses SEMI JOIN kept_run USING (run_id) GROUP BY dataset_id) used USING (dataset_id)
LEFT JOIN label_maps l ON l.thing = 'dataset' AND l.subject = d.dataset_id

-- collected_facts: what plug-ins found of runs and versions, one row per fact, the last one found
CREATE OR REPLACE VIEW collected_facts AS
SELECT run_id, version_id, moment, collector, unnest(names) AS name, unnest(contents) AS value, written_at AS found_at
FROM (FROM collected WHERE problem = ''
  QUALIFY row_number() OVER (PARTITION BY run_id, version_id, collector ORDER BY id DESC) = 1)
WHERE run_id IS NULL OR version_id IS NOT NULL OR run_id IN (SELECT run_id FROM kept_run)

-- metric_splits: the part of the data that a metric's name says it was measured on; none or several: NULL
CREATE OR REPLACE VIEW metric_splits AS
SELECT name, CASE len(said) WHEN 1 THEN said[1] END AS split
FROM (
  SELECT name, list_filter([
    CASE WHEN regexp_matches(name, '(?i)(^|[^a-z])(train|training)([^a-z]|$)') THEN 'training' END,
    CASE WHEN regexp_matches(name, '(?i)(^|[^a-z])(val|valid|validation|dev)([^a-z]|$)') THEN 'validation' END,
    CASE WHEN regexp_matches(name, '(?i)(^|[^a-z])(test|testing|holdout)([^a-z]|$)') THEN 'test' END],
    lambda one: one IS NOT NULL) AS said
  FROM (SELECT DISTINCT name FROM series))

-- model_needs: what serving a version takes, one row per resource: as people declared it, or else measured
CREATE OR REPLACE VIEW model_needs AS
SELECT version_id, name, amount, source
FROM (
  SELECT v.version_id, l.name, TRY_CAST(l.value AS DOUBLE) AS amount, 'declared' AS source,
    CASE l.thing WHEN 'version' THEN 0 ELSE 1 END AS rank, '' AS latest
  FROM version v JOIN labels l ON (l.thing = 'version' AND l.subject = v.version_id)
    OR (l.thing = 'model' AND l.subject = v.model)
  WHERE l.name IN ('cpu_cores', 'memory_gb', 'inference_latency_p99_ms')
  UNION ALL
  SELECT g.version_id, 'memory_gb', TRY_CAST(CASE WHEN json_valid(r.evidence) THEN CASE r.check_name
      WHEN 'size.memory' THEN r.value ELSE json_extract_string(r.evidence, '$.peak_mb') END END AS DOUBLE) / 1000,
    'measured before ' || g.target, 2, g.id
  FROM gate_result r JOIN gate_report g ON g.report_id = r.report_id
  WHERE r.check_name IN ('size.memory', 'load.clean_process') AND r.outcome IN ('passed', 'warned', 'failed')
  UNION ALL
  SELECT g.version_id, unnest(['inference_latency_p99_ms', 'cpu_cores']),
    TRY_CAST(unnest(json_extract_string(r.evidence, ['$.p99_ms', '$.threads'])) AS DOUBLE),
    'measured before ' || g.target, 2, g.id
  FROM gate_result r JOIN gate_report g ON g.report_id = r.report_id
  WHERE starts_with(r.check_name, 'latency.') AND CASE WHEN json_valid(r.evidence)
    THEN json_extract_string(r.evidence, '$.batch') END = '1')
WHERE amount > 0 AND isfinite(amount)
QUALIFY row_number() OVER (PARTITION BY version_id, name ORDER BY rank, latest DESC, amount DESC) = 1

-- model_environments: one row per version and environment: how it stands there, as far as this log tells
CREATE OR REPLACE VIEW model_environments AS
SELECT v.version_id, e.env,
  CASE WHEN n.version_id IS NOT NULL THEN 'deployed'
    WHEN s.state = e.state THEN 'promoted'
    WHEN o.out_by = 'rollback' THEN 'failed'
    WHEN i.version_id IS NOT NULL OR p.version_id IS NOT NULL THEN 'retired' ELSE 'none' END AS status
FROM version v
CROSS JOIN (VALUES ('dev', ''), ('staging', 'STAGING'), ('prod', 'PRODUCTION')) e(env, state)
LEFT JOIN (SELECT version_id, arg_max("after", entry) AS state FROM state_moves GROUP BY version_id) s
  ON s.version_id = v.version_id
LEFT JOIN (SELECT DISTINCT version_id, "after" AS state FROM state_moves) p
  ON p.version_id = v.version_id AND p.state = e.state
LEFT JOIN (SELECT DISTINCT version_id, env FROM slots WHERE role <> 'last_good') n
  ON n.version_id = v.version_id AND n.env = e.env
LEFT JOIN (SELECT DISTINCT "after" AS version_id, split_part(slot, '/', 1) AS env FROM slot_moves
  WHERE slot NOT LIKE '%/last_good') i ON i.version_id = v.version_id AND i.env = e.env
LEFT JOIN (SELECT before AS version_id, split_part(slot, '/', 1) AS env, arg_max(command, entry) AS out_by
  FROM slot_moves WHERE slot NOT LIKE '%/last_good' AND before <> "after" GROUP BY ALL) o
  ON o.version_id = v.version_id AND o.env = e.env

-- model_measures: one row per version and metric: measured before a gate on rows kept apart, or else in its run
CREATE OR REPLACE VIEW model_measures AS
SELECT version_id, name, value, low, high, row_count, split, source
FROM (
  SELECT g.version_id, json_extract_string(r.evidence, '$.metric') AS name,
    TRY_CAST(json_extract_string(r.evidence, '$.measured') AS DOUBLE) AS value,
    TRY_CAST(json_extract_string(r.evidence, '$.low') AS DOUBLE) AS low,
    TRY_CAST(json_extract_string(r.evidence, '$.high') AS DOUBLE) AS high,
    TRY_CAST(json_extract_string(r.evidence, '$.rows') AS BIGINT) AS row_count, 'evaluation' AS split,
    'gate to ' || g.target AS source, 0 AS rank, g.id AS latest
  FROM gate_result r JOIN gate_report g ON g.report_id = r.report_id
  WHERE r.check_name = 'perf.threshold' AND json_valid(r.evidence)
  UNION ALL
  SELECT v.version_id, s.name, u.last_value, NULL, NULL, NULL, p.split, 'run', 1, ''
  FROM version v JOIN series s ON s.run_id = v.source_run_id JOIN summary u ON u.sid = s.sid
  JOIN metric_splits p ON p.name = s.name)
WHERE name IS NOT NULL AND value IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY version_id, name ORDER BY rank, latest DESC) = 1

-- model_metadata: one row per registered version that was not deleted; a run in the trash counts for its version
CREATE OR REPLACE VIEW model_metadata AS
WITH ran AS (
  SELECT r.run_id, r.session_id, r.experiment, coalesce(make_timestamp(r.began_us), r.written_at) AS began_at,
    e.ended_at
  FROM run r
  SEMI JOIN version v ON v.source_run_id = r.run_id
  LEFT JOIN (SELECT run_id, max(written_at) AS ended_at FROM run_end GROUP BY run_id) e ON e.run_id = r.run_id),
used AS (
  SELECT r.run_id, sum(u.cpu_percent / 100 * least(u.span_s, epoch_us(u.written_at - r.began_at) / 1e6))
      AS cpu_seconds,
    sum(u.gpu_percent / 100 * least(u.span_s, epoch_us(u.written_at - r.began_at) / 1e6)) AS gpu_seconds,
    max(u.memory_bytes) AS peak_memory_bytes
  FROM ran r JOIN usage u ON u.session_id = r.session_id AND u.written_at >= r.began_at
    AND (u.run_id = r.run_id OR (u.run_id IS NULL AND (r.ended_at IS NULL OR u.written_at <= r.ended_at)))
  GROUP BY r.run_id),
chosen AS (
  SELECT run_id, map(list(name ORDER BY name), list(value ORDER BY name)) AS entries,
    map(list(name ORDER BY name), list(type ORDER BY name)) AS types
  FROM (SELECT run_id, name, arg_max(value, id) AS value, arg_max(type, id) AS type
    FROM param SEMI JOIN ran USING (run_id) GROUP BY run_id, name) GROUP BY run_id),
measured AS (
  SELECT run_id, map(list(name ORDER BY name), list(last_value ORDER BY name)) AS entries,
    map(list(name ORDER BY name) FILTER (split = 'validation'),
      list(last_value ORDER BY name) FILTER (split = 'validation')) AS validation,
    map(list(name ORDER BY name), list(split ORDER BY name)) AS splits
  FROM series SEMI JOIN ran USING (run_id) JOIN summary USING (sid) JOIN metric_splits USING (name)
  GROUP BY run_id),
tagged AS (
  SELECT run_id, map(list(name ORDER BY name), list(value ORDER BY name)) AS entries
  FROM (SELECT run_id, name, arg_max(value, id) AS value FROM tag SEMI JOIN ran USING (run_id)
    GROUP BY run_id, name HAVING arg_max(value, id) <> '') GROUP BY run_id),
data AS (
  SELECT run_id, list(DISTINCT version_id ORDER BY version_id) FILTER (role = 'training') AS training,
    list(DISTINCT version_id ORDER BY version_id) FILTER (role = 'validation') AS validation,
    list(DISTINCT version_id ORDER BY version_id) FILTER (role = 'test') AS test
  FROM dataset_uses SEMI JOIN ran USING (run_id) GROUP BY run_id),
around AS (SELECT run_id, arg_max(packages, id) AS packages, arg_max(environment_hash, id) AS environment_hash
  FROM environment SEMI JOIN ran USING (run_id) GROUP BY run_id),
kept AS (FROM packaged QUALIFY row_number() OVER (PARTITION BY package_digest ORDER BY id DESC) = 1),
needs AS (
  SELECT version_id, map(list(name ORDER BY name), list(amount ORDER BY name)) AS entries,
    map(list(name ORDER BY name), list(source ORDER BY name)) AS sources
  FROM model_needs GROUP BY version_id),
placed AS (SELECT version_id, map(list(env ORDER BY env), list(status ORDER BY env)) AS environments
  FROM model_environments GROUP BY version_id),
named AS (
  SELECT v.*, f.actor_from, k.algorithm, k.steps, k.libraries, k.api_schema,
    CASE WHEN v.flavour IN ('sklearn', 'torch', 'xgboost', 'lightgbm', 'onnx') OR k.algorithm IS NULL
      THEN v.flavour ELSE split_part(k.algorithm, '.', 1) END AS framework,
    list_concat(coalesce(k.libraries, []), coalesce(a.packages, [])) AS packages, a.environment_hash,
    map_concat(coalesce(t.entries, MAP {}), coalesce(m.entries, MAP {}), coalesce(l.entries, MAP {})) AS tags
  FROM versions v
  JOIN version f ON f.version_id = v.version_id
  LEFT JOIN kept k ON k.package_digest = v.package_digest
  LEFT JOIN around a ON a.run_id = v.run_id
  LEFT JOIN tagged t ON t.run_id = v.run_id
  LEFT JOIN label_maps m ON m.thing = 'model' AND m.subject = v.model
  LEFT JOIN label_maps l ON l.thing = 'version' AND l.subject = v.version_id)
SELECT n.version_id AS model_id, o.registered_model_id, n.model AS name, n.version, n.seq, n.description,
  n.framework, split_part([one FOR one IN n.packages IF lower(split_part(one, '==', 1)) =
    CASE n.framework WHEN 'sklearn' THEN 'scikit-learn' ELSE lower(n.framework) END][1], '==', 2) AS framework_version,
  n.algorithm, coalesce(n.steps, []) AS pipeline_steps, coalesce(d.training, []) AS training_dataset_ids,
  coalesce(d.validation, []) AS validation_dataset_ids, coalesce(d.test, []) AS test_dataset_ids,
  n.tags['feature_set_version'] AS feature_set_version, coalesce(c.entries, MAP {}) AS hyperparameters,
  coalesce(c.types, MAP {}) AS hyperparameter_types,
  epoch_us(r.ended_at - r.began_at) / 1e6 AS training_duration_seconds, u.cpu_seconds, u.gpu_seconds,
  u.peak_memory_bytes, coalesce(m.entries, MAP {}) AS metrics, coalesce(m.validation, MAP {}) AS validation_metrics,
  coalesce(m.splits, MAP {}) AS metric_splits, nullif(n.signature, '') AS signature, n.api_schema,
  coalesce(w.entries, MAP {}) AS resource_requirements, coalesce(w.sources, MAP {}) AS resource_sources,
  CASE WHEN n.parent_id IS NULL THEN [] ELSE [n.parent_id] END AS parent_model_ids,
  CASE WHEN r.experiment IS NOT NULL THEN left(sha256(json_array('experiment', r.experiment)::VARCHAR), 32)
  END AS experiment_id, r.experiment, n.run_id,
  n.environment_hash, n.git_commit, n.package_digest, n.size_bytes, n.registered_at AS created_at,
  n.registered_by AS created_by, n.actor_from AS created_by_known_from, n.author, n.state AS current_stage,
  n.state_since AS stage_since, x.environments, n.slots, n.aliases, n.tags
FROM named n
JOIN placed x ON x.version_id = n.version_id
JOIN (SELECT model, min(version_id) AS registered_model_id FROM version GROUP BY model) o ON o.model = n.model
LEFT JOIN ran r ON r.run_id = n.run_id
LEFT JOIN used u ON u.run_id = n.run_id
LEFT JOIN chosen c ON c.run_id = n.run_id
LEFT JOIN measured m ON m.run_id = n.run_id
LEFT JOIN data d ON d.run_id = n.run_id
LEFT JOIN needs w ON w.version_id = n.version_id

-- objectives: what experiments are after, the last one set
CREATE OR REPLACE VIEW objectives AS
SELECT experiment, task, metric, split, direction, written_at AS set_at
FROM (FROM objective QUALIFY row_number() OVER (PARTITION BY experiment ORDER BY id DESC) = 1)
WHERE metric <> ''

-- best_runs: of each experiment that is after something, the run that came closest; the last one of several
CREATE OR REPLACE VIEW best_runs AS
SELECT o.experiment, r.run_id, u.last_value AS value
FROM objectives o
JOIN kept_run r ON r.experiment = o.experiment
JOIN series s ON s.run_id = r.run_id AND s.name = o.metric
JOIN summary u ON u.sid = s.sid
WHERE isfinite(u.last_value)
QUALIFY row_number() OVER (PARTITION BY o.experiment ORDER BY
  CASE o.direction WHEN 'max' THEN -u.last_value ELSE u.last_value END,
  coalesce(make_timestamp(r.began_us), r.written_at) DESC, r.run_id DESC) = 1

-- experiment_metadata: one row per experiment that has runs, an objective or a label
CREATE OR REPLACE VIEW experiment_metadata AS
WITH counted AS (
  SELECT r.experiment, count(*) AS total_runs,
    min(coalesce(make_timestamp(r.began_us), r.written_at)) AS created_at,
    max(coalesce(e.ended_at, make_timestamp(r.began_us), r.written_at)) AS last_updated
  FROM kept_run r
  LEFT JOIN (SELECT run_id, max(written_at) AS ended_at FROM run_end GROUP BY run_id) e ON e.run_id = r.run_id
  GROUP BY r.experiment),
around AS (
  SELECT r.run_id, r.experiment, e.digest, e.packages, e.environment_hash, coalesce(m.python, s.python) AS python
  FROM kept_run r
  LEFT JOIN (FROM environment QUALIFY row_number() OVER (PARTITION BY run_id ORDER BY id DESC) = 1) e
    ON e.run_id = r.run_id
  LEFT JOIN (SELECT digest, any_value(python) AS python FROM machine GROUP BY digest) m ON m.digest = e.machine
  LEFT JOIN (SELECT session_id, any_value(python) AS python FROM session GROUP BY session_id) s
    ON s.session_id = r.session_id),
worlds AS (
  SELECT experiment, list(DISTINCT python ORDER BY python) FILTER (python <> '') AS python_versions,
    list(DISTINCT environment_hash ORDER BY environment_hash) FILTER (environment_hash IS NOT NULL)
      AS environment_hashes
  FROM around GROUP BY experiment),
frameworks AS (
  SELECT experiment, list(DISTINCT package ORDER BY package) FILTER (package IS NOT NULL) AS framework_versions
  FROM (
    SELECT experiment, [one FOR one IN packages IF lower(split_part(one, '==', 1)) =
        CASE library WHEN 'sklearn' THEN 'scikit-learn' ELSE lower(library) END][1] AS package
    FROM (SELECT a.experiment, m.library, a.digest, any_value(a.packages) AS packages
      FROM around a JOIN model m ON m.run_id = a.run_id GROUP BY a.experiment, m.library, a.digest))
  GROUP BY experiment)
SELECT left(sha256(json_array('experiment', n.name)::VARCHAR), 32) AS experiment_id, n.name,
  l.entries['description'] AS description,
  CASE WHEN o.metric IS NOT NULL THEN struct_pack(task := o.task, metric := o.metric, split := o.split,
    direction := o.direction) END AS objective,
  CASE len(f.framework_versions) WHEN 1 THEN f.framework_versions[1] END AS framework_version,
  coalesce(f.framework_versions, []) AS framework_versions,
  CASE len(w.python_versions) WHEN 1 THEN w.python_versions[1] END AS python_version,
  coalesce(w.python_versions, []) AS python_versions,
  CASE len(w.environment_hashes) WHEN 1 THEN w.environment_hashes[1] END AS environment_hash,
  coalesce(w.environment_hashes, []) AS environment_hashes,
  coalesce(c.total_runs, 0) AS total_runs, b.run_id AS best_run_id, b.value AS best_value,
  coalesce(c.created_at, o.set_at, l.written_at) AS created_at,
  greatest(c.last_updated, o.set_at, l.written_at) AS last_updated, coalesce(l.entries, MAP {}) AS tags
FROM (SELECT experiment AS name FROM counted UNION SELECT experiment FROM objectives
  UNION SELECT subject FROM labels WHERE thing = 'experiment') n
LEFT JOIN counted c ON c.experiment = n.name
LEFT JOIN worlds w ON w.experiment = n.name
LEFT JOIN frameworks f ON f.experiment = n.name
LEFT JOIN objectives o ON o.experiment = n.name
LEFT JOIN best_runs b ON b.experiment = n.name
LEFT JOIN label_maps l ON l.thing = 'experiment' AND l.subject = n.name
