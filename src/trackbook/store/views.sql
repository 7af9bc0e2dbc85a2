-- The views that SQL users find: documented in the README, with columns that stay.
-- Written without a catalog name, so that they work under any name the file is opened by.

-- kept_run: runs that are not in the trash
CREATE OR REPLACE VIEW kept_run AS
SELECT * FROM run
WHERE run_id NOT IN (
  SELECT run_id FROM trash GROUP BY run_id HAVING arg_max(trashed, id))

-- params: one row per run and param, the last value given
CREATE OR REPLACE VIEW params AS
SELECT run_id, name, arg_max(value, id) AS value, arg_max(type, id) AS type,
  arg_max(origin, id) AS origin
FROM param SEMI JOIN kept_run USING (run_id)
GROUP BY run_id, name

-- metrics: one row per point
CREATE OR REPLACE VIEW metrics AS
SELECT run_id, name, step, value, make_timestamp(logged_ms * 1000) AS logged_at
FROM (FROM point UNION ALL FROM point_recent)
JOIN series USING (sid) SEMI JOIN kept_run USING (run_id)

-- metric_summaries: one row per run and metric
CREATE OR REPLACE VIEW metric_summaries AS
SELECT run_id, name, last_value, last_step, point_count, lowest, highest, origin
FROM summary JOIN series USING (sid) SEMI JOIN kept_run USING (run_id)

-- tags: one row per run and tag, the last value given; an empty one removes the tag
CREATE OR REPLACE VIEW tags AS
SELECT run_id, name, arg_max(value, id) AS value
FROM tag SEMI JOIN kept_run USING (run_id)
GROUP BY run_id, name HAVING value <> ''

-- notes: what people wrote about runs
CREATE OR REPLACE VIEW notes AS
SELECT run_id, words, written_at FROM note SEMI JOIN kept_run USING (run_id)

-- artifacts: files that runs produced
CREATE OR REPLACE VIEW artifacts AS
SELECT run_id, path, digest, size_bytes, written_at AS logged_at
FROM artifact SEMI JOIN kept_run USING (run_id)
QUALIFY row_number() OVER (PARTITION BY run_id, path ORDER BY id DESC) = 1

-- run_facts: runs with what is known of each, without its params, metrics and tags
CREATE OR REPLACE VIEW run_facts AS
SELECT r.run_id, coalesce(w.name, r.name) AS name, r.experiment, coalesce(n.path, r.notebook) AS notebook,
  coalesce(e.status, 'RUNNING') AS status,
  coalesce(w.parent_run_id, r.parent_run_id) AS parent_run_id, r.relation, r.origin, r.session_id,
  coalesce(make_timestamp(r.began_us), r.written_at) AS started_at, e.ended_at,
  epoch_us(e.ended_at - coalesce(make_timestamp(r.began_us), r.written_at)) / 1e6 AS duration_s, n.notebook_hash,
  s.login AS "user", s.host, r.git_commit, e.error, r.execution_id, p.verdict AS reproduced
FROM kept_run r
LEFT JOIN session s ON s.session_id = r.session_id
LEFT JOIN (
  SELECT run_id, arg_max(name, id) AS name, arg_max(parent_run_id, id) AS parent_run_id
  FROM amendment GROUP BY run_id) w ON w.run_id = r.run_id
LEFT JOIN (
  SELECT run_id, arg_max(status, id) AS status, max(written_at) AS ended_at,
    arg_max(error, id) AS error
  FROM run_end GROUP BY run_id) e ON e.run_id = r.run_id
LEFT JOIN (
  SELECT run_id, arg_max(path, id) AS path, arg_max(notebook_hash, id) AS notebook_hash
  FROM notebook GROUP BY run_id) n ON n.run_id = r.run_id
LEFT JOIN (
  SELECT run_id, arg_max(verdict, id) AS verdict FROM reproduction GROUP BY run_id
) p ON p.run_id = r.run_id

-- runs: one row per run; params, metrics (last values) and tags as maps
CREATE OR REPLACE VIEW runs AS
SELECT f.run_id, f.name, f.experiment, f.notebook, f.status, f.parent_run_id, f.session_id,
  f.started_at, f.ended_at, f.duration_s,
  coalesce(p.entries, MAP {}) AS params, coalesce(m.entries, MAP {}) AS metrics,
  coalesce(t.entries, MAP {}) AS tags,
  f.notebook_hash, f."user", f.host, f.git_commit, f.relation, f.origin, f.error, f.reproduced
FROM run_facts f
LEFT JOIN (
  SELECT run_id, map(list(name ORDER BY name), list(value ORDER BY name)) AS entries
  FROM params GROUP BY run_id) p USING (run_id)
LEFT JOIN (
  SELECT run_id, map(list(name ORDER BY name), list(last_value ORDER BY name)) AS entries
  FROM summary JOIN series USING (sid) GROUP BY run_id) m USING (run_id)
LEFT JOIN (
  SELECT run_id, map(list(name ORDER BY name), list(value ORDER BY name)) AS entries
  FROM tags GROUP BY run_id) t USING (run_id)

-- cells: one row per execution of a cell
CREATE OR REPLACE VIEW cells AS
SELECT x.execution_id, x.session_id, r.run_id, x.cell_id, e.execution_count, x.source,
  x.source_hash, x.written_at AS started_at, e.duration_s, e.outcome, e.reads, e.binds,
  e.error, x.cell_key
FROM execution x
LEFT JOIN execution_end e ON e.execution_id = x.execution_id
LEFT JOIN (
  SELECT execution_id, arg_min(run_id, run_id) AS run_id FROM kept_run
  WHERE execution_id IS NOT NULL GROUP BY execution_id) r ON r.execution_id = x.execution_id

-- sessions: one row per process that recorded
CREATE OR REPLACE VIEW sessions AS
SELECT s.session_id, s.program, s.notebook, s.login AS "user", s.host, s.pid, s.python,
  s.platform, s.written_at AS started_at, e.ended_at, coalesce(e.outcome, 'alive') AS outcome
FROM session s
LEFT JOIN (
  SELECT session_id, max(written_at) AS ended_at, arg_max(outcome, id) AS outcome
  FROM session_end GROUP BY session_id) e ON e.session_id = s.session_id

-- notebooks: one row per state of a notebook in which a run ended
CREATE OR REPLACE VIEW notebooks AS
SELECT path, notebook_hash, max(cell_count) AS cell_count, count(DISTINCT run_id) AS run_count,
  min(written_at) AS first_seen_at, max(written_at) AS last_seen_at
FROM notebook GROUP BY path, notebook_hash

-- faults: failures of trackbook's own
CREATE OR REPLACE VIEW faults AS
SELECT session_id, written_at AS happened_at, place, message, trace FROM fault

-- reproductions: one row per try to get a run's numbers again
CREATE OR REPLACE VIEW reproductions AS
SELECT run_id, verdict, written_at AS tried_at, duration_s, differences, largest_difference,
  tolerance, cause, blames, execution_count, tries, environment
FROM reproduction

-- environments: one row per run: packages, machine, work tree when it ended
CREATE OR REPLACE VIEW environments AS
SELECT e.run_id, e.digest, e.packages, l.packages AS installed, l.origins, m.python, m.os AS "system",
  m.libc, m.cpu, m.cpu_count, m.cpus_usable, m.memory_bytes, m.memory_limit_bytes, m.gpus, m.threads,
  c.git_commit, c.branch, c.remote, c.dirty, c.changed, c.untracked, c.diff, c.diff_is_cut
FROM (FROM environment SEMI JOIN kept_run USING (run_id)
  QUALIFY row_number() OVER (PARTITION BY run_id ORDER BY id DESC) = 1) e
LEFT JOIN (FROM "lock" QUALIFY row_number() OVER (PARTITION BY digest) = 1) l ON l.digest = e."lock"
LEFT JOIN (FROM machine QUALIFY row_number() OVER (PARTITION BY digest) = 1) m ON m.digest = e.machine
LEFT JOIN (FROM checkout QUALIFY row_number() OVER (PARTITION BY digest) = 1) c ON c.digest = e.checkout

-- modules: one row per run and local module that was in use when it ended
CREATE OR REPLACE VIEW modules AS
SELECT DISTINCT e.run_id, m.name, m.path, m.digest, m.source
FROM (SELECT run_id, unnest(modules) AS digest FROM environment SEMI JOIN kept_run USING (run_id)) e
JOIN module m ON m.digest = e.digest

-- resources: what runs used of their machine, by time: samples taken while they were open,
-- and one at the end of each
CREATE OR REPLACE VIEW resources AS
SELECT r.run_id, u.written_at AS sampled_at, epoch_us(u.written_at - r.started_at) / 1e6 AS elapsed_s,
  u.span_s, u.cpu_percent, u.memory_bytes, u.system_memory_bytes, u.process_count, u.read_bytes,
  u.written_bytes, u.gpu_percent, u.gpu_memory_bytes
FROM run_facts r JOIN usage u ON u.session_id = r.session_id
  AND (u.run_id = r.run_id OR (u.run_id IS NULL AND u.written_at >= r.started_at
    AND (r.ended_at IS NULL OR u.written_at <= r.ended_at)))

-- training_progress: one row per word of a training on how far it is, once a second at most
CREATE OR REPLACE VIEW training_progress AS
SELECT run_id, written_at AS told_at, done, total, unit, turn, is_over
FROM progress SEMI JOIN kept_run USING (run_id)

-- ties: one row per execution and one that it rests on
CREATE OR REPLACE VIEW ties AS
SELECT execution_id, unnest(before) AS rests_on, unnest(why) AS why FROM tie

-- datasets: one row per dataset that was loaded or handed to a training
CREATE OR REPLACE VIEW datasets AS
SELECT d.dataset_id, d.name, d.made_by, d.location, d.row_count, d.size_bytes, d.column_names,
  d.column_types, d.quick, g.digest, g.column_digests, g.sketches, d.session_id, d.execution_id,
  d.written_at AS seen_at
FROM dataset d
LEFT JOIN (
  SELECT dataset_id, arg_max(digest, id) AS digest, arg_max(column_digests, id) AS column_digests,
    arg_max(sketches, id) AS sketches
  FROM digest GROUP BY dataset_id) g USING (dataset_id)

-- inputs: one row per run and dataset that it used
CREATE OR REPLACE VIEW inputs AS
SELECT i.run_id, d.name, i.role, d.dataset_id, d.made_by, d.location, d.row_count, d.quick, d.digest,
  i.execution_id
FROM (
  SELECT run_id, dataset_id, arg_max(role, id) AS role, arg_max(execution_id, id) AS execution_id
  FROM input GROUP BY ALL) i
JOIN datasets d USING (dataset_id) SEMI JOIN kept_run USING (run_id)

-- models: one row per training of a run, with what its model had learned
CREATE OR REPLACE VIEW models AS
SELECT run_id, label, library, digest, is_whole, execution_id, written_at AS trained_at
FROM model SEMI JOIN kept_run USING (run_id)

-- packages: one row per model that was put into a package, with the run that made it
CREATE OR REPLACE VIEW packages AS
SELECT run_id, name, package_digest, flavour, size_bytes, written_at AS packaged_at
FROM packaged

-- doubts: what spoke against a run when it ended
CREATE OR REPLACE VIEW doubts AS
SELECT run_id, code, words, names, about AS execution_id, written_at AS seen_at
FROM doubt SEMI JOIN kept_run USING (run_id)

-- breaches: what of each run is not as the project's contract asks, by the last look at it
CREATE OR REPLACE VIEW breaches AS
SELECT run_id, unnest(codes) AS code, unnest(abouts) AS about, unnest(sentences) AS words, enforced,
  contract_digest, seen_at
FROM (
  SELECT run_id, codes, abouts, sentences, enforced, contract_digest, written_at AS seen_at
  FROM conformance SEMI JOIN kept_run USING (run_id)
  QUALIFY row_number() OVER (PARTITION BY run_id ORDER BY id DESC) = 1)

-- state_moves: one row per version and decision that moved its state; registering is the first
CREATE OR REPLACE VIEW state_moves AS
SELECT entry, at_us, model, version_id, '' AS before, 'DEVELOPMENT' AS "after", 'register' AS command,
  actor, description AS reason, false AS forced, [] AS overrode, NULL AS sunset_us, NULL AS successor_id
FROM version
UNION ALL
SELECT entry, at_us, model, one, before, "after", command, actor, reason, forced AND one = version_id,
  overrode, sunset_us, successor_id
FROM (SELECT *, unnest(version_ids) AS one, unnest(from_states) AS before, unnest(to_states) AS "after"
  FROM transition)

-- slot_moves: one row per slot and decision that changed what is in it, or how much traffic it has
CREATE OR REPLACE VIEW slot_moves AS
SELECT entry, at_us, model, unnest(slots) AS slot, unnest(slots_before) AS before,
  unnest(slots_after) AS "after", unnest(traffics) AS traffic, command, actor, reason, forced
FROM transition

-- alias_moves: one row per alias and decision that moved it
CREATE OR REPLACE VIEW alias_moves AS
SELECT entry, at_us, model, unnest(aliases) AS alias, unnest(aliases_before) AS before,
  unnest(aliases_after) AS "after", unnest(protects) AS is_protected, command, actor, reason, forced
FROM transition

-- slots: one row per slot of a model that has a version in it
CREATE OR REPLACE VIEW slots AS
SELECT s.model, split_part(s.slot, '/', 1) AS env, split_part(s.slot, '/', 2) AS role,
  v.semver AS version, v.version_id, s.traffic, make_timestamp(s.since_us) AS since, s.actor, s.reason,
  s.forced
FROM (
  SELECT model, slot, arg_max("after", entry) AS version_id, arg_max(traffic, entry) AS traffic,
    arg_max(at_us, entry) FILTER (before <> "after") AS since_us,
    arg_max(actor, entry) FILTER (before <> "after") AS actor,
    arg_max(reason, entry) FILTER (before <> "after") AS reason,
    arg_max(forced, entry) FILTER (before <> "after") AS forced
  FROM slot_moves GROUP BY model, slot) s
JOIN version v ON v.version_id = s.version_id

-- aliases: one row per alias of a model; champion and last_good follow the slots of prod
CREATE OR REPLACE VIEW aliases AS
SELECT a.model, a.alias, v.semver AS version, v.version_id, a.is_protected, false AS is_system,
  make_timestamp(a.at_us) AS since, a.actor, a.reason
FROM (FROM alias_moves QUALIFY row_number() OVER (PARTITION BY model, alias ORDER BY entry DESC) = 1) a
JOIN version v ON v.version_id = a."after"
UNION ALL
SELECT model, role, version, version_id, true, true, since, actor, reason
FROM slots WHERE env = 'prod' AND role IN ('champion', 'last_good')

-- versions: one row per registered version that was not deleted, as it stands now
CREATE OR REPLACE VIEW versions AS
SELECT v.version_id, v.model, v.semver AS version, v.seq, s.state, coalesce(p.slots, []) AS slots,
  coalesce(a.aliases, []) AS aliases, v.flavour, v.is_unsafe, v.package_digest, v.weights_fp, v.object_fp,
  v.object_fp_why, v.fp_algo, v.signature, v.size_bytes, v.file_count, v.probe_count,
  v.source_run_id AS run_id, v.git_commit, v.author, v.description, v.why_semver, v.parent_id,
  make_timestamp(v.at_us) AS registered_at, v.actor AS registered_by,
  make_timestamp(s.at_us) AS state_since, s.actor AS moved_by, s.reason, s.forced, s.sunset_at,
  n.semver AS successor, v.origin_env AS origin, v.signed_by
FROM version v
JOIN (
  SELECT version_id, arg_max("after", entry) AS state, arg_max(at_us, entry) AS at_us,
    arg_max(actor, entry) AS actor, arg_max(reason, entry) AS reason, bool_or(forced) AS forced,
    arg_max(struct_pack(u := make_timestamp(sunset_us)), entry).u AS sunset_at,
    arg_max(struct_pack(u := CASE "after" WHEN 'DEPRECATED' THEN successor_id END), entry).u AS successor_id
  FROM state_moves GROUP BY version_id) s ON s.version_id = v.version_id
LEFT JOIN version n ON n.version_id = s.successor_id
LEFT JOIN (
  SELECT version_id, list(env || '/' || role ORDER BY env, role) AS slots
  FROM slots GROUP BY version_id) p ON p.version_id = v.version_id
LEFT JOIN (
  SELECT version_id, list(alias ORDER BY alias) AS aliases
  FROM aliases GROUP BY version_id) a ON a.version_id = v.version_id
WHERE v.version_id NOT IN (SELECT unnest(deleted_ids) FROM transition)

-- transitions: one row per thing that a decision moved: a state, a slot, an alias; the audit trail
CREATE OR REPLACE VIEW transitions AS
SELECT m.entry, make_timestamp(m.at_us) AS moved_at, m.model, m.command, m.what, m.name,
  v.semver AS version, m.before, m."after", m.actor, t.actor_from, m.reason, m.forced, t.overrode,
  t.gate_report_id, t.approval_ids, t.incident_id, make_timestamp(t.alerted_us) AS alerted_at,
  epoch_us(make_timestamp(m.at_us) - make_timestamp(t.alerted_us)) / 1e6 AS alert_to_move_s, t.identity
FROM (
  SELECT entry, at_us, model, command, 'state' AS what, '' AS name, version_id, before, "after", actor,
    reason, forced FROM state_moves
  UNION ALL
  SELECT s.entry, s.at_us, s.model, s.command, 'slot', s.slot,
    CASE s."after" WHEN '' THEN s.before ELSE s."after" END, coalesce(b.semver, ''), coalesce(a.semver, ''),
    s.actor, s.reason, s.forced
  FROM slot_moves s LEFT JOIN version b ON b.version_id = s.before
  LEFT JOIN version a ON a.version_id = s."after"
  UNION ALL
  SELECT s.entry, s.at_us, s.model, s.command, 'alias', s.alias,
    CASE s."after" WHEN '' THEN s.before ELSE s."after" END, coalesce(b.semver, ''), coalesce(a.semver, ''),
    s.actor, s.reason, s.forced
  FROM alias_moves s LEFT JOIN version b ON b.version_id = s.before
  LEFT JOIN version a ON a.version_id = s."after"
  UNION ALL
  SELECT entry, at_us, model, command, 'deleted', '', unnest(deleted_ids), '', '', actor, reason, forced
  FROM transition) m
JOIN version v ON v.version_id = m.version_id
LEFT JOIN (
  SELECT entry, actor_from, overrode, gate_report_id, approval_ids, incident_id, alerted_us, identity
  FROM transition
  UNION ALL SELECT entry, actor_from, [], NULL, [], NULL, NULL, identity FROM version) t
  ON t.entry = m.entry

-- approvals: one row per request, and what became of it
CREATE OR REPLACE VIEW approvals AS
SELECT r.request_id, r.model, v.semver AS version, r.version_id, r.target,
  CASE WHEN g.rejecter IS NOT NULL THEN 'rejected' WHEN n.entry > r.entry THEN 'void'
    WHEN make_timestamp(r.expires_us) < (now() AT TIME ZONE 'UTC') THEN 'expired'
    WHEN g.approvers IS NOT NULL THEN 'approved' ELSE 'requested' END AS status,
  coalesce(g.approvers, []) AS approvers, g.rejecter, r.actor AS requester, r.comment, g.answer,
  r.package_digest, r.gate_report_id, make_timestamp(r.at_us) AS requested_at,
  make_timestamp(r.expires_us) AS expires_at
FROM approval r
JOIN version v ON v.version_id = r.version_id
LEFT JOIN (
  SELECT request_id, list(actor ORDER BY entry) FILTER (step = 'approved') AS approvers,
    arg_max(actor, entry) FILTER (step = 'rejected') AS rejecter, arg_max(comment, entry) AS answer
  FROM approval WHERE step <> 'requested' GROUP BY request_id) g USING (request_id)
LEFT JOIN (
  SELECT version_id, target, arg_max(entry, entry) AS entry,
    arg_max(coalesce(gate_report_id, ''), entry) AS gate_report_id
  FROM approval WHERE step = 'requested' GROUP BY version_id, target) n
  ON n.version_id = r.version_id AND n.target = r.target
    AND n.gate_report_id <> coalesce(r.gate_report_id, '')
WHERE r.step = 'requested'

-- shipments: one row per version that went to another project or came from one
CREATE OR REPLACE VIEW shipments AS
SELECT entry, make_timestamp(at_us) AS shipped_at, step, way, model, semver AS version, version_id,
  package_digest, state, from_env, to_env, from_project, to_project, place, reason, gate_report_id,
  signed_by, actor, actor_from, shipment_id, other_hash, facts_digest
FROM shipment

-- origins: one row per thing in another project on which a version rests
CREATE OR REPLACE VIEW origins AS
SELECT version_id, what, name, detail, env, project, make_timestamp(born_us) AS born_at, led_to, label,
  fingerprint, facts, origin_id, package_digest
FROM (FROM origin QUALIFY row_number() OVER (PARTITION BY version_id, origin_id ORDER BY id DESC) = 1)

-- lineage: one row per tie between things: the source made the target, or the target rests on it
CREATE OR REPLACE VIEW lineage AS
SELECT 'execution' AS from_kind, unnest(before) AS from_id, unnest(why) AS label,
  'execution' AS to_kind, execution_id AS to_id FROM tie
UNION ALL SELECT 'execution', execution_id, made_by, 'dataset', dataset_id
  FROM dataset WHERE execution_id IS NOT NULL
UNION ALL SELECT 'dataset', dataset_id, role, 'run', run_id FROM input SEMI JOIN kept_run USING (run_id)
UNION ALL SELECT 'execution', execution_id, 'made', 'run', run_id
  FROM contribution SEMI JOIN kept_run USING (run_id) WHERE execution_id IS NOT NULL
UNION ALL SELECT 'run', coalesce(parent_run_id, ''), CASE relation WHEN 'child' THEN 'part' ELSE relation END,
  'run', run_id FROM run_facts WHERE parent_run_id IS NOT NULL
UNION ALL SELECT 'run', run_id, path, 'artifact', digest FROM artifact SEMI JOIN kept_run USING (run_id)
UNION ALL SELECT 'run', run_id, label, 'model', digest FROM model SEMI JOIN kept_run USING (run_id)
UNION ALL SELECT 'run', source_run_id, 'registered', 'version', version_id FROM version
  WHERE source_run_id IS NOT NULL
UNION ALL SELECT 'version', parent_id, 'parent', 'version', version_id FROM version WHERE parent_id IS NOT NULL
UNION ALL SELECT 'version', version_id, 'examined', 'gate', report_id FROM gate_report
UNION ALL SELECT 'version', version_id, role, 'slot', concat_ws('/', model, env, role) FROM slots

UNION ALL SELECT 'origin', origin_id, label, CASE led_to WHEN '' THEN 'version' ELSE 'origin' END,
  CASE led_to WHEN '' THEN version_id ELSE led_to END FROM origins
  WHERE what <> 'paper'
UNION ALL SELECT 'version', version_id, 'promoted_to', 'shipment', shipment_id FROM shipments
  WHERE step = 'sent'

-- outputs: one row per execution that put something out
CREATE OR REPLACE VIEW outputs AS
SELECT execution_id, contents, left_out, session_id FROM output

-- gate_reports: one row per time that a version stood before a gate
CREATE OR REPLACE VIEW gate_reports AS
SELECT report_id, model, version, version_id, target, verdict, make_timestamp(began_us) AS started_at,
  duration_s, package_digest, policy_digest, champion, machine, policy, baseline,
  coalesce(files, []) AS files
FROM gate_report

-- gate_results: one row per check of a gate
CREATE OR REPLACE VIEW gate_results AS
SELECT g.report_id, r.model, r.version, r.target, g.place, g.label, g.check_name, g.outcome, g.severity,
  g.blocks, g.words, g.value, g.threshold, g.evidence, g.duration_s
FROM gate_result g JOIN gate_report r ON r.report_id = g.report_id
