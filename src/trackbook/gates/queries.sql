-- Gates that were held before.

-- report: one report by its id
SELECT report_id, model, version, version_id, package_digest, target, policy_digest, policy, champion,
  baseline, coalesce(files, []) AS files, verdict, began_us, duration_s, machine
FROM gate_report WHERE report_id = $report

-- reports_of_version: every report of a version, the last one first
SELECT report_id, model, version, version_id, package_digest, target, policy_digest, policy, champion,
  baseline, coalesce(files, []) AS files, verdict, began_us, duration_s, machine
FROM gate_report WHERE version_id = $version AND ($target IS NULL OR target = $target)
ORDER BY began_us DESC, id DESC LIMIT $most

-- last_reports: of every version the last report of each target, the last one first
SELECT report_id, model, version, version_id, package_digest, target, policy_digest, policy, champion,
  baseline, coalesce(files, []) AS files, verdict, began_us, duration_s, machine
FROM gate_report
QUALIFY row_number() OVER (PARTITION BY version_id, target ORDER BY began_us DESC, id DESC) = 1
ORDER BY began_us DESC, report_id DESC

-- results_of_several: what the checks of some reports found, in their order, behind each report's id
SELECT report_id, label, check_name AS "check", outcome, severity, blocks, words, value, threshold, evidence,
  duration_s
FROM gate_result WHERE list_contains($reports, report_id) ORDER BY report_id, place

-- results: what the checks of a report found, in their order
SELECT label, check_name AS "check", outcome, severity, blocks, words, value, threshold, evidence, duration_s
FROM gate_result WHERE report_id = $report ORDER BY place
