-- Gates that were held before.

-- report: one report by its id
SELECT report_id, model, version, version_id, package_digest, target, policy_digest, policy, champion,
  verdict, began_us, duration_s, machine
FROM gate_report WHERE report_id = $report

-- reports_of_version: every report of a version, the last one first
SELECT report_id, model, version, version_id, package_digest, target, policy_digest, policy, champion,
  verdict, began_us, duration_s, machine
FROM gate_report WHERE version_id = $version AND ($target IS NULL OR target = $target)
ORDER BY began_us DESC, id DESC LIMIT $most

-- results: what the checks of a report found, in their order
SELECT label, check_name AS "check", outcome, severity, blocks, words, value, threshold, evidence, duration_s
FROM gate_result WHERE report_id = $report ORDER BY place
