-- What this room asks. The store is attached as tb and in use; values are bound as $name.

-- is_begun: whether a run is on record
SELECT count(*) FROM tb.run WHERE run_id = $run

-- names_like: names of runs that begin with a text
SELECT DISTINCT name FROM tb.run WHERE starts_with(name, $start)
