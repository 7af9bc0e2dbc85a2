-- What this room asks. The store is attached as tb and in use; values are bound as $name.
-- `whole` is each run asked for, with itself and its parts.

-- models_of: what trainings of some runs, and of their parts, left, in their order
WITH asked AS (SELECT unnest($runs) AS run_id), whole AS (
  SELECT run_id, run_id AS part_id FROM asked
  UNION ALL SELECT a.run_id, f.run_id FROM asked a
    JOIN tb.run_facts f ON f.parent_run_id = a.run_id AND f.relation = 'child')
SELECT w.run_id, m.label, m.library
FROM whole w JOIN tb.models m ON m.run_id = w.part_id
ORDER BY m.trained_at

-- data_of: what some runs, and their parts, were trained on, and what they loaded
WITH asked AS (SELECT unnest($runs) AS run_id), whole AS (
  SELECT run_id, run_id AS part_id FROM asked
  UNION ALL SELECT a.run_id, f.run_id FROM asked a
    JOIN tb.run_facts f ON f.parent_run_id = a.run_id AND f.relation = 'child')
SELECT DISTINCT w.run_id, i.role, d.name, d.digest, d.column_names, d.column_types
FROM whole w JOIN tb.inputs i ON i.run_id = w.part_id JOIN tb.datasets d USING (dataset_id)
WHERE i.role IN ('training', 'loaded')
ORDER BY d.name, d.digest

-- parents_of: tags of the runs of which some are parts
SELECT f.run_id, t.name, t.value
FROM tb.run_facts f JOIN tb.tags t ON t.run_id = f.parent_run_id
WHERE f.relation = 'child' AND f.run_id IN (SELECT unnest($runs))
