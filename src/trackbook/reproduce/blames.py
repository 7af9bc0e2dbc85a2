"""What is likely to be behind a run that does not come out as it did."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from trackbook.fingerprint import packages_in_use
from trackbook.reproduce.outcome import SQL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.records import Cause, Run
    from trackbook.reproduce.outcome import Used
    from trackbook.reproduce.verdict import Terms
    from trackbook.store import Store


def blames(
    store: Store, run: Run, source: str, cause: Cause, data: Sequence[Used], terms: Terms
) -> list[str]:
    """Return what is likely to be behind a difference, in the code that was executed or around."""
    found: list[str] = []
    if cause == "missed dependency":
        found.append("trackbook had left out an execution that mattered")
    places = dict.fromkeys(used.location or used.name for used in data)
    if places:
        found.append(f"data changed: {', '.join(places)}")
    found += terms.remarks if terms.environment else surroundings(store, run)
    found += [says for word, says in SUSPECTS.items() if word in source]
    if "seed(" not in source and "random_state" not in source:
        found.append("no seed is set (trackbook.seed_everything(42) sets them all)")
    return found


def surroundings(store: Store, run: Run) -> list[str]:
    """Return in what this process is not like the one of a run."""
    found = []
    rows = store.rows(SQL["packages_of"], run=run.run_id).rows
    then = dict(package.partition("==")[::2] for package in (rows[0][0] if rows else []))
    now = dict(package.partition("==")[::2] for package in packages_in_use())
    other = [
        f"{name} {version} then, {now[name]} now"
        for name, version in then.items()
        if name in now and now[name] != version
    ]
    if other:
        found.append(f"other packages: {', '.join(sorted(other)[:8])}")
    ((python,),) = store.rows(SQL["python_of"], session=run.session_id).rows
    if python != platform.python_version():
        found.append(f"Python {python} then, {platform.python_version()} now")
    return found


SUSPECTS = {
    "default_rng()": "default_rng() without a seed",
    "n_jobs": "several threads or processes (n_jobs)",
    "ThreadPool": "several threads (ThreadPool)",
    "threading": "several threads (threading)",
    "multiprocessing": "several processes (multiprocessing)",
    "subprocess": "another program is started (subprocess)",
    "os.environ": "the environment's variables are read (os.environ)",
    "perf_counter": "time is measured (perf_counter)",
    "time.time": "the clock is read (time.time)",
    "datetime.now": "the clock is read (datetime.now)",
    "requests.": "the network is used (requests)",
    "urlopen": "the network is used (urlopen)",
    "http": "something is fetched from an address (http)",
    "input(": "somebody is asked (input)",
    "***": "a secret in the code was masked when it was recorded",
}
"""Words in a source that make a result hard to get again, and why."""
