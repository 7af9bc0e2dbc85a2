-- What this room asks. The store is attached as tb and in use; values are bound as $name.

-- is_begun: whether a run is on record
SELECT count(*) FROM tb.run WHERE run_id = $run

-- names_like: names of runs that begin with a text
SELECT DISTINCT name FROM tb.run WHERE starts_with(name, $start)

-- program_of: the program of which a session was the process, if `trackbook run` started it
SELECT l.target, l.target_kind, l.target_digest, l.entry_point, l.command, l.params, l.folder,
  l.python, l.environment, l.git_commit, l.revision, l.wall_s, r.name, r.experiment
FROM tb.launches l JOIN tb.run r USING (run_id)
WHERE r.session_id = $session AND r.origin = 'launch' AND l.target_kind <> 'notebook'

-- runs_of_session: the runs of a session, in order
SELECT run_id FROM tb.run WHERE session_id = $session ORDER BY run_id

-- session_of: the session of a run
SELECT session_id FROM tb.run WHERE run_id = $run
