"""The rows on which models are measured: a file of the project that a policy names."""

from __future__ import annotations

import hashlib
import io
import os
import stat
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from packaging.version import Version

from trackbook.errors import Misused, NotFound, Refused
from trackbook.gates.package import MB
from trackbook.gates.signature import Broken, sides_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate, Champion
    from trackbook.gates.signature import Port

ENDINGS = (".csv", ".parquet")
LARGEST = 500 * MB
A_TABLE = 2
"""Axes of an array that holds rows of numbers."""


class Evaluation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rows that models are asked, and what is true of them."""

    data: str
    """A .csv or .parquet below the project's folder."""
    target: str
    """The column that holds what is true."""
    columns: tuple[str, ...] = ()
    """What a model takes, in order; where it is left out, what its signature names, or else
    every column but the target."""


class Rows(NamedTuple):
    """Rows as they were read."""

    table: Any
    """A table of pandas, with every column."""
    target: Any
    """What is true, as one array."""
    sha256: str
    """Of the file's bytes."""
    source: str

    @property
    def facts(self) -> dict[str, object]:
        """What a report keeps of them."""
        return {"data": self.source, "sha256": self.sha256, "rows": len(self.table)}


def cannot_be_meant(given: Evaluation) -> str | None:
    """Say what is wrong with the name of a file, or with the columns, before it is looked at."""
    wrong = no_table(given.data)
    if wrong:
        return f"evaluation: {wrong}"
    if given.target in given.columns:
        return f"evaluation: the target {given.target!r} is among the columns"
    return None


def no_table(name: str) -> str | None:
    """Say why a name is none of a table below the project; None where it may be one."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    is_odd = not name.isprintable() or not parts or ":" in parts[0]
    if is_odd or name.startswith(("/", "\\", "~")) or ".." in parts:
        return f"{name[:80]!r} is no file below the project: give eval.parquet"
    if not name.endswith(ENDINGS):
        return f"{name[:80]!r} is no table: .csv and .parquet can be read"
    return None


def rows_of(bench: Bench, asked: Evaluation | None) -> Rows:
    """Return the rows of an evaluation, read once for all checks of a gate.

    Raises:
        Misused: they cannot be read, or are not what the policy says
        Refused: the file is not one of the project's
    """
    if asked is None:
        raise Misused("no evaluation set is named: write [evaluation] data, target")
    return bench.once(
        ("rows", asked), lambda: rows_by(asked, lambda name: table_named(bench, name))
    )


def read(project: Path | None, asked: Evaluation) -> Rows:
    """Read rows from a file of the project."""
    return rows_by(asked, lambda name: table_at(project, name))


def rows_by(asked: Evaluation, table_by: Callable[[str], tuple[Any, str]]) -> Rows:
    """Return the rows of a table that is had by its name, with what is true of them."""
    wrong = cannot_be_meant(asked)
    if wrong:
        raise Misused(wrong)
    table, sha256 = table_by(asked.data)
    return Rows(table, target_in(table, asked), sha256, asked.data)


def table_named(bench: Bench, name: str) -> tuple[Any, str]:
    """Return a table of the project, and the SHA-256 of its file; it is read once."""
    table, sha256 = bench.once(("table", name), lambda: table_at(bench.project, name))
    bench.files[name] = sha256
    return table, sha256


def table_at(project: Path | None, name: str) -> tuple[Any, str]:
    """Read a table of the project."""
    if project is None:
        raise Misused(f"there is no project in which {name!r} could be")
    content = content_of(project, name)
    table = table_in(content, name)
    if not len(table):
        raise Misused(f"{name} has no rows")
    return table, hashlib.sha256(content).hexdigest()


def changed(project: Path, files: Sequence[str]) -> list[str]:
    """Return what became of files of a project, each given as its SHA-256 and its name."""
    said = []
    for sha256, _, name in (one.partition(" ") for one in files):
        try:
            is_same = hashlib.sha256(content_of(project, name)).hexdigest() == sha256
        except (Misused, Refused) as error:
            said.append(str(error))
        else:
            said += [] if is_same else [f"{name} is another one now"]
    return said


def content_of(project: Path, name: str) -> bytes:
    """Return the bytes of a file below a folder, wherever links lead it there."""
    root, file = project.resolve(), project / name
    try:
        found = file.resolve(strict=True)
        if not found.is_relative_to(root):
            raise Refused(f"{name} leads out of the project, to {found}: copy it there")
        # Not waiting for a writer, should it be a pipe.
        opened = os.open(found, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        with os.fdopen(opened, "rb") as stream:
            about = os.fstat(opened)
            if not stat.S_ISREG(about.st_mode) or about.st_size > LARGEST:
                raise Misused(f"{name} is no file of at most {LARGEST // MB} MB")
            return stream.read(LARGEST + 1)
    except (OSError, RuntimeError) as error:
        said = getattr(error, "strerror", None) or error
        raise Misused(f"cannot read the table {name}: {said}") from error


def table_in(content: bytes, name: str) -> Any:
    """Return a file's bytes as a table of pandas."""
    import pandas as pd

    try:
        if name.endswith(".csv"):
            # From 3.1 on pandas reads every number exactly, and complains of being told to.
            is_old = Version(pd.__version__) < Version("3.1")
            exactly = {"float_precision": "round_trip"} if is_old else {}
            return pd.read_csv(io.BytesIO(content), **exactly)
        return pd.read_parquet(io.BytesIO(content))
    except ImportError:
        raise Misused(f"cannot read {name} without pyarrow: pip install pyarrow") from None
    except (ValueError, OSError, KeyError) as error:  # pyarrow's and pandas' are among them
        raise Misused(f"cannot read {name}: {str(error)[:200]}") from error


def target_in(table: Any, asked: Evaluation) -> Any:
    """Return what is true of each row."""
    column = column_in(table, asked.target, asked.data)
    missing = int(column.isna().sum())
    if missing:
        raise Misused(
            f"{asked.data}: {missing} of {len(column)} values of the target"
            f" {asked.target!r} are missing"
        )
    found = column.to_numpy()
    return found if found.dtype.kind in "biuf" else found.astype(str)


def column_in(table: Any, name: str, source: str) -> Any:
    """Return a column, or say which one may be meant."""
    names = [str(one) for one in table.columns]
    if name not in names:
        raise Misused(f"{source}: {NotFound.named('column', name, known=names)}")
    if names.count(name) > 1:
        raise Misused(f"{source} has several columns named {name!r}")
    return table.iloc[:, names.index(name)]


def features_for(version: Candidate | Champion, rows: Rows, asked: Evaluation) -> Any:
    """Return the rows in the form that a version takes, without what is true of them."""
    sides = sides_of(version.signature)
    inputs = [] if isinstance(sides, Broken) else sides["inputs"]
    names = list(asked.columns) or named_in(inputs)
    if not names:
        names = [str(one) for one in rows.table.columns if str(one) != asked.target]
    if asked.target in names:
        raise Misused(f"{version.version} takes the target {asked.target!r} as an input")
    columns = [column_in(rows.table, name, rows.source) for name in names]
    import pandas as pd

    table = pd.concat(columns, axis=1)
    if len(inputs) == 1 and len(inputs[0].shape or ()) == A_TABLE:
        return array_of(table, inputs[0].type.removeprefix("tensor of "), rows.source)
    return table


def named_in(inputs: Sequence[Port]) -> list[str]:
    """Return the columns that a signature names; none where it does not name each."""
    named = [port.name for port in inputs if port.name and port.shape is None]
    return named if len(named) == len(inputs) else []


def array_of(table: Any, dtype: str, source: str) -> Any:
    """Return a table as one array of a type."""
    try:
        return table.to_numpy(dtype=dtype)
    except (TypeError, ValueError) as error:
        raise Misused(f"{source}: not all columns are {dtype}: {error}") from error
