"""Which environments there are, which of them are projects of their own, whose keys are trusted."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from trackbook.errors import Misused, NotFound, Refused
from trackbook.records import Env
from trackbook.settings import FOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence

CHART_FILE = "trackbook.environments.toml"
LARGEST = 100_000
KNOWN: tuple[str, ...] = get_args(Env)
KEYS = ("environments", "trust")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The chain of environments as one project sees it."""

    home: Path
    """The project whose chart it is."""
    chain: Sequence[str] = KNOWN
    """In the order in which versions go."""
    projects: Mapping[str, Path] = field(default_factory=dict)
    """Folders of the environments that are other projects; the others are slots here."""
    keys: Sequence[Path] = ()
    """Files of public keys whose bundles are taken in."""

    @property
    def own(self) -> list[str]:
        """The environments that are slots of this project, in order."""
        return [env for env in self.chain if env not in self.projects]

    @property
    def here(self) -> str:
        """What to call this project: its last environment, from which versions leave it."""
        return self.own[-1] if len(self.own) < len(self.chain) else ""

    def env_before(self, env: str) -> str:
        """Return the environment from which versions go to one; empty for the first."""
        at = self.chain.index(env)
        return self.chain[at - 1] if at else ""


def read_chart(project: Path) -> Chart:
    """Return the environments of a project: its `trackbook.environments.toml`, or slots only.

    Raises:
        Misused: the file cannot be read, or something in it cannot be meant
    """
    file = project / CHART_FILE
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except FileNotFoundError:
        return Chart(home=project)
    except OSError as error:
        raise Misused(f"cannot read {file}: {error.strerror or error}") from error
    if len(content) > LARGEST:
        raise Misused(f"{file} is larger than {LARGEST} bytes, so it tells no environments")
    try:
        document = tomllib.loads(content.decode("utf-8").removeprefix("\ufeff"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise Misused(f"cannot read {file}: {error}") from error
    try:
        return from_document(document, project)
    except (Misused, NotFound) as error:
        raise Misused(f"{file}: {error}") from error


def from_document(document: Mapping[str, Any], project: Path) -> Chart:
    """Return a chart from the tables of its file."""
    known_keys(document, KEYS, "the file")
    table = table_of(document.get("environments", {}), "environments")
    known_keys(table, ("chain", *KNOWN), "environments")
    chain = chain_of(table.get("chain", list(KNOWN)))
    projects = {}
    for env in KNOWN:
        if env in table:
            if env not in chain:
                raise Misused(f"environment {env} is not in the chain {', '.join(chain)}")
            projects[env] = folder_of(table[env], env, project)
    must_not_return(chain, projects)
    trust = table_of(document.get("trust", {}), "trust")
    known_keys(trust, ("keys",), "trust")
    keys = texts_of(trust.get("keys", []), "trust: keys")
    return Chart(
        home=project,
        chain=chain,
        projects=projects,
        keys=tuple(project / Path(one).expanduser() for one in keys),
    )


def chain_of(given: object) -> tuple[str, ...]:
    """Return the order in which versions go from environment to environment."""
    chain = texts_of(given, "chain")
    for env in chain:
        if env not in KNOWN:
            raise NotFound.named("environment", env, known=KNOWN, see=", ".join(KNOWN))
        if chain.count(env) > 1:
            raise Misused(f"the chain comes to {env} twice: it must not run in a circle")
    if chain != sorted(chain, key=KNOWN.index):
        raise Misused(f"the chain is {', '.join(chain)}: the order is {', '.join(KNOWN)}")
    if len(chain) < 2:  # noqa: PLR2004  from one to another
        raise Misused("a chain leads from one environment to another: name two or more")
    return tuple(chain)


def folder_of(given: object, env: str, project: Path) -> Path:
    """Return the folder of an environment that is a project of its own."""
    where = f"environment {env}"
    table = table_of(given, where)
    known_keys(table, ("project",), where)
    text = table.get("project")
    if not isinstance(text, str) or not text.strip() or "\0" in text:
        raise Misused(f'{where} names no folder: write project = "../{env}"')
    folder = Path(os.path.normpath(project / Path(text).expanduser()))
    if folder.resolve() == project.resolve():
        raise Misused(f"{where} is this project itself: leave its table out")
    return folder


def must_not_return(chain: Sequence[str], projects: Mapping[str, Path]) -> None:
    """Refuse a chain that comes back to a project which it has left."""
    seen: list[Path | None] = []
    for env in chain:
        found = projects.get(env)
        place = found.resolve() if found is not None else None
        if seen and seen[-1] == place:
            continue
        if place in seen:
            what = "this project" if place is None else str(found)
            raise Misused(f"the chain comes back to {what} at {env}: it runs in a circle")
        seen.append(place)
    if None not in seen:
        raise Misused(
            "every environment names a project: leave out the table of the one that is here"
        )


def target_of(chart: Chart, env: str, name: str) -> Path:
    """Return the project that a version goes to when it is promoted into an environment.

    Raises:
        Refused: the chain has no way from here to there
        NotFound: there is no project
    """
    before = chart.env_before(env)
    if before not in chart.own:
        order = " -> ".join(chart.chain)
        after = [one for one in chart.chain if chart.env_before(one) == chart.here]
        way = f"from {chart.here} a version goes to {', '.join(after) or 'nowhere'}"
        raise Refused(f"{name} cannot go to {env} from here: {way} (the chain is {order})")
    folder = chart.projects[env]
    if not (folder / FOLDER).is_dir():
        raise NotFound(
            f"no trackbook project in {folder}, which {chart.home / CHART_FILE} names as"
            f" {env}: correct it, or make the project (mkdir -p {folder / FOLDER})"
        )
    return folder


def must_be_here(project: Path, env: str, command: str) -> None:
    """Refuse to treat an environment that is another project as if it were a slot of this one.

    Args:
        project: this one
        env: the environment
        command: what to do instead, with {folder} for the other project
    """
    folder = read_chart(project).projects.get(env)
    if folder is not None:
        raise Refused(f"{env} is a project of its own: {command.format(folder=folder)}")


def must_agree(chart: Chart, env: str, other: Chart) -> None:
    """Refuse two projects that tell different chains."""
    if not (other.home / CHART_FILE).is_file():
        return
    if tuple(other.chain) != tuple(chart.chain) or env not in other.own:
        said = " -> ".join(
            f"{one} (here)" if one in other.own else one for one in other.chain
        )
        raise Refused(
            f"{other.home / CHART_FILE} does not say that it is {env} of the chain"
            f" {' -> '.join(chart.chain)}, but {said}: make both say the same"
        )


def known_keys(table: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    """Refuse a table with a key that nobody reads."""
    for key in table:
        if key not in known:
            wrong = NotFound.named("key", key, known=known)
            raise Misused(f"{where}: {wrong} (there are {', '.join(known)})")


def table_of(given: object, what: str) -> Mapping[str, Any]:
    """Return a table, or say that it is none."""
    if not isinstance(given, Mapping):
        raise Misused(f"{what} is {given!r}: it has to be a table")
    return given


def texts_of(given: object, what: str) -> list[str]:
    """Return a list of texts, or say that it is none."""
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise Misused(f"{what} is {given!r}: it has to be a list of texts")
    return given
