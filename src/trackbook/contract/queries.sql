-- What this room asks. The store is attached as tb and in use; values are bound as $name.

-- models_of: what trainings of some runs, and of their parts, left, in their order
SELECT coalesce(k.run_id, m.run_id) AS run_id, m.label, m.library
FROM tb.models m LEFT JOIN (
  SELECT run_id AS part_id, parent_run_id AS run_id FROM tb.run_facts
  WHERE relation = 'child' AND list_contains($runs, parent_run_id)) k ON k.part_id = m.run_id
WHERE list_contains($runs, m.run_id) OR k.run_id IS NOT NULL
ORDER BY m.trained_at

-- data_of: what some runs, and their parts, were trained on, or loaded where no training says so
SELECT DISTINCT coalesce(k.run_id, i.run_id) AS run_id, i.role, d.name, d.digest, d.column_names,
  d.column_types
FROM tb.inputs i JOIN tb.datasets d USING (dataset_id) LEFT JOIN (
  SELECT run_id AS part_id, parent_run_id AS run_id FROM tb.run_facts
  WHERE relation = 'child' AND list_contains($runs, parent_run_id)) k ON k.part_id = i.run_id
WHERE (list_contains($runs, i.run_id) OR k.run_id IS NOT NULL) AND i.role IN ('training', 'loaded')
ORDER BY d.name, d.digest

-- parents_of: tags of the runs of which some are parts
SELECT f.run_id, t.name, t.value
FROM tb.run_facts f JOIN tb.tags t ON t.run_id = f.parent_run_id
WHERE f.relation = 'child' AND list_contains($runs, f.run_id)
