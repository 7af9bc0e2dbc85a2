-- What this room asks. The store is attached as tb and in use; values are bound as $name.

-- head: the last entry of the log
SELECT entry, at_us, hash FROM (
  SELECT entry, at_us, hash FROM tb.version UNION ALL SELECT entry, at_us, hash FROM tb.transition
  UNION ALL SELECT entry, at_us, hash FROM tb.approval UNION ALL SELECT entry, at_us, hash FROM tb.shipment)
ORDER BY entry DESC LIMIT 1

-- first: the hash of the first entry of the log, by which a project is known
SELECT hash FROM (
  SELECT entry, hash FROM tb.version UNION ALL SELECT entry, hash FROM tb.transition
  UNION ALL SELECT entry, hash FROM tb.approval UNION ALL SELECT entry, hash FROM tb.shipment)
WHERE entry = 1

-- is_there: whether an entry is in the log
SELECT count(*) > 0 FROM (
  SELECT entry, hash FROM tb.version UNION ALL SELECT entry, hash FROM tb.transition
  UNION ALL SELECT entry, hash FROM tb.approval UNION ALL SELECT entry, hash FROM tb.shipment)
WHERE entry = $entry AND hash = $hash

-- log_of_versions: registrations as they were written
SELECT * EXCLUDE (id, written_at, session_id, run_id, execution_id) FROM tb.version
WHERE $model IS NULL OR model = $model ORDER BY entry

-- log_of_transitions: decisions as they were written
SELECT * EXCLUDE (id, written_at, session_id, run_id, execution_id) FROM tb.transition
WHERE $model IS NULL OR model = $model ORDER BY entry

-- log_of_approvals: steps of approvals as they were written
SELECT * EXCLUDE (id, written_at, session_id, run_id, execution_id) FROM tb.approval
WHERE $model IS NULL OR model = $model ORDER BY entry

-- log_of_shipments: what went to other projects and came from them, as it was written
SELECT * EXCLUDE (id, written_at, session_id, run_id, execution_id) FROM tb.shipment
WHERE $model IS NULL OR model = $model ORDER BY entry

-- origins_of: what was told of a version when it came, each thing once
SELECT version_id, package_digest, origin_id, what, project, env, name, detail, born_us, led_to, label,
  fingerprint, facts
FROM tb.origin WHERE version_id = $version
QUALIFY row_number() OVER (PARTITION BY origin_id ORDER BY id DESC) = 1
ORDER BY born_us, origin_id

-- model_names: what models are called
SELECT DISTINCT model FROM tb.versions

-- versions_listed: versions as they stand, of one model or of all, the newest first
SELECT version_id, model, version, seq, state, slots, aliases, flavour, is_unsafe, package_digest,
  weights_fp, object_fp, object_fp_why, fp_algo, signature, size_bytes, file_count, probe_count, run_id,
  git_commit, author, description, why_semver, parent_id, registered_at, registered_by, state_since,
  moved_by, reason, forced, sunset_at, successor, origin, signed_by
FROM tb.versions
WHERE ($model IS NULL OR model = $model) AND ($id IS NULL OR version_id = $id)
ORDER BY registered_at DESC, seq DESC LIMIT $most

-- moves_of: everything that was decided of a model, oldest first
SELECT entry, moved_at, model, command, what, name, version, before, "after", actor, actor_from, reason,
  forced, overrode, gate_report_id, incident_id, alerted_at, alert_to_move_s
FROM tb.transitions
WHERE model = $model AND ($until IS NULL OR moved_at <= make_timestamp($until))
ORDER BY entry, what DESC, name, version

-- approvals_of: requests and what became of them, the newest first
SELECT request_id, model, version, version_id, target, status, approvers, rejecter, requester, comment,
  answer, gate_report_id, requested_at, expires_at
FROM tb.approvals
WHERE ($model IS NULL OR model = $model) AND ($status IS NULL OR status = $status)
ORDER BY requested_at DESC LIMIT $most

-- board: versions, those in slots in any case, with the metrics of their runs and of their champions' runs
WITH shown AS (
  SELECT version_id, model, version, seq, state, slots, aliases, flavour, is_unsafe, size_bytes, run_id,
    registered_at, registered_by, state_since, moved_by, reason, forced, sunset_at, successor
  FROM tb.versions ORDER BY len(slots) = 0, registered_at DESC, seq DESC LIMIT $most),
best AS (
  SELECT s.model, s.version AS champion, v.source_run_id AS run_id
  FROM tb.slots s JOIN tb.version v ON v.version_id = s.version_id
  WHERE s.env = 'prod' AND s.role = 'champion'),
measured AS (
  SELECT run_id, map(list(name ORDER BY name), list(last_value ORDER BY name)) AS entries
  FROM tb.summary JOIN tb.series USING (sid)
  WHERE run_id IN (SELECT run_id FROM shown UNION ALL SELECT run_id FROM best)
  GROUP BY run_id)
SELECT s.version_id, s.model, s.version, s.state, s.slots, s.aliases, s.flavour, s.is_unsafe,
  s.size_bytes, s.run_id, s.registered_at, s.registered_by, s.state_since, s.moved_by, s.reason, s.forced,
  s.sunset_at, s.successor, coalesce(m.entries, MAP {}) AS metrics, b.champion,
  coalesce(c.entries, MAP {}) AS champion_metrics
FROM shown s
LEFT JOIN best b ON b.model = s.model
LEFT JOIN measured m ON m.run_id = s.run_id
LEFT JOIN measured c ON c.run_id = b.run_id
ORDER BY s.registered_at DESC, s.seq DESC

-- impact: versions whose runs rest on a dataset, and the slots that they are in; a run in the trash counts
WITH RECURSIVE meant AS (
  SELECT dataset_id FROM tb.datasets
  WHERE name = $of OR dataset_id = $of OR digest = $of OR quick = $of OR location = $of
    OR ends_with(location, '/' || $of)),
told AS (
  SELECT origin_id FROM tb.origins
  WHERE what = 'dataset' AND (name = $of OR fingerprint = $of
    OR ends_with('/' || json_extract_string(TRY_CAST(facts AS JSON), '$.location'), '/' || $of))),
part AS (
  SELECT r.run_id, coalesce(a.parent, r.parent_run_id) AS parent
  FROM tb.run r LEFT JOIN (
    SELECT run_id, arg_max(parent_run_id, id) AS parent FROM tb.amendment GROUP BY run_id) a USING (run_id)
  WHERE r.relation = 'child'),
edge AS (
  SELECT from_kind, from_id, to_kind, to_id FROM tb.lineage
  WHERE to_kind IN ('version', 'slot', 'origin')
  UNION ALL SELECT 'dataset', dataset_id, 'run', run_id FROM tb.input
  UNION ALL SELECT 'run', parent, 'run', run_id FROM part
  UNION ALL SELECT 'run', run_id, 'whole', parent FROM part
  UNION ALL SELECT 'whole', run_id, 'whole', parent FROM part
  UNION ALL SELECT 'whole', source_run_id, 'version', version_id FROM tb.version
    WHERE source_run_id IS NOT NULL),
reached AS (
  SELECT 'dataset' AS kind, dataset_id AS id FROM meant UNION SELECT 'origin', origin_id FROM told
  UNION SELECT e.to_kind, e.to_id FROM edge e JOIN reached r ON e.from_kind = r.kind AND e.from_id = r.id)
SELECT v.version_id, v.model, v.version, v.state, v.slots, v.run_id
FROM reached r JOIN tb.versions v ON r.kind = 'version' AND r.id = v.version_id
WHERE len(v.slots) > 0 OR NOT $deployed
ORDER BY v.model, v.seq DESC

-- is_dataset: how many datasets are called so, here or where versions came from
SELECT (SELECT count(*) FROM tb.datasets
    WHERE name = $of OR dataset_id = $of OR digest = $of OR quick = $of OR location = $of
      OR ends_with(location, '/' || $of))
  + (SELECT count(*) FROM tb.origins
    WHERE what = 'dataset' AND (name = $of OR fingerprint = $of
      OR ends_with('/' || json_extract_string(TRY_CAST(facts AS JSON), '$.location'), '/' || $of)))

-- states_now: the state of every version, as the views say
SELECT version_id, state, forced FROM tb.versions

-- slots_now: what is in every slot, as the views say
SELECT model, env || '/' || role AS slot, version_id, traffic FROM tb.slots

-- aliases_now: where aliases lead, as the views say
SELECT model, alias, version_id, is_protected FROM tb.aliases WHERE NOT is_system

-- requests_now: who answered each request, as the views say
SELECT request_id, approvers, rejecter FROM tb.approvals
