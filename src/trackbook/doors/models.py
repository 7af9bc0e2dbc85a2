"""Models from the notebook into the registry: packaged, registered, loaded again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from trackbook.doors.said import Said
from trackbook.errors import Misused, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.book import Book, Registered
    from trackbook.packages import Package
    from trackbook.records import Run
    from trackbook.registry import VersionRow

EXAMPLE_ROWS = 256
UNSAFE = ", unsafe: loading executes code"
NEW, OLD = "registered", "these bytes are registered already"
PACKAGE = ("package_digest", "flavour", "size_bytes", "probe_count")


class Meant(NamedTuple):
    """What somebody wants to register."""

    model: object
    """None where the run has a package already."""
    run: Run | None
    digest: str | None


def register(
    book: Book,
    model: str,
    name: str,
    *,
    version: str | None = None,
    bump: Literal["major", "minor", "patch"] | None = None,
    run: str | None = None,
    example: str | None = None,
    description: str = "",
    unsafe_pickle: bool = False,
    git_tag: bool = False,
) -> Said:
    """Register a model: an immutable version, its number proposed from what changed.

    Args:
        model: a variable of this notebook, or a run whose model is at hand
        name: what the model is called, churn or team/churn
        version: its number, such as 1.2.0; the evidence's when left out
        bump: how large the step from the last version is, whatever the evidence says
        run: the run that made it, where that cannot be told
        example: a variable with rows that it is called with; the run's data when left out
        description: what it is for
        unsafe_pickle: keep it by pickle where no safe format can; loading that executes code
        git_tag: tie an annotated tag NAME@vVERSION to the run's git commit
    """
    book.settle()
    names = namespace()
    meant = meant_by(book, model, names, run)
    rows = None
    if example is not None:
        if example not in names:
            raise NotFound.named("variable", example, known=names)
        rows = names[example]
    return register_model(
        book,
        meant,
        name,
        version=version,
        bump=bump,
        example=rows,
        description=description,
        unsafe_pickle=unsafe_pickle,
        git_tag=git_tag,
    )


def register_model(
    book: Book,
    meant: Meant,
    name: str,
    *,
    version: str | None = None,
    bump: Literal["major", "minor", "patch"] | None = None,
    description: str = "",
    git_tag: bool = False,
    **keeping: Any,
) -> Said:
    """Package what is meant, if that was not done, and register it."""
    from trackbook.registry import model_name

    model_name(name)  # before a package is written for nothing
    book.contracts.must_hold(meant.run)
    if meant.digest is not None:
        package = book.models.packaged(meant.digest)
    else:
        package = packaged(book, meant, name, **keeping)
    done = book.models.register(
        package, name, run=meant.run, version=version, bump=bump, description=description,
        model=meant.model,
    )  # fmt: skip
    tag = tagged(book, done.version) if git_tag else None
    return said_of(done, tag)


def packaged(book: Book, meant: Meant, name: str, **keeping: Any) -> Package:
    """Write a package of a model that is at hand."""
    from trackbook.book import Keeping

    if keeping.get("example") is None:
        keeping["example"] = example_of(book, meant, namespace())
    return book.models.package(meant.model, name, run=meant.run, keeping=Keeping(**keeping))


def said_of(done: Registered, tag: str | None) -> Said:
    """Return what to say of a registration."""
    row, package = done.version, done.package
    facts = [
        ("why this number", row.why_semver),
        ("state", row.state),
        ("flavour", row.flavour + (UNSAFE if row.is_unsafe else "")),
        ("size_bytes", row.size_bytes),
        ("signature", "told by the example" if row.signature else "none: give example="),
        ("probes", row.probe_count or package.probe_why),
        ("run", row.run_id or "not known: give run="),
        ("git commit", row.git_commit or "none"),
        ("package digest", f"sha256:{row.package_digest}"),
        ("weights", row.weights_fp or package.weights_fp_why),
        ("object", row.object_fp or row.object_fp_why),
    ]  # fmt: skip
    if tag is not None:
        facts.append(("git tag", tag))
    headline = f"{row.name}: {NEW if done.is_new else OLD}"
    return Said(headline, ["fact", "value"], facts)


def meant_by(book: Book, word: str, names: Mapping[str, object], run: str | None) -> Meant:
    """Return what a word stands for: a variable's model, or the model of a run."""
    given = book.find(run) if run is not None else None
    if word in names and not isinstance(names[word], str):
        return of_object(book, names[word], word=word, run=given)
    found = book.find(word)
    digest = package_of_run(book, found)
    if digest is not None:
        return Meant(None, given or found, digest)
    flow = book.recorder.flow if book.recorder is not None else None
    model = flow.model_of(found.run_id) if flow is not None else None
    if model is not None:
        return Meant(model, given or found, None)
    for value in names.values() if flow is not None else ():
        if flow is not None and flow.run_of(value) == found.run_id:
            return Meant(value, given or found, None)
    raise NotFound(
        f"the model of {found.name} is not in this notebook, and none was kept with the run:"
        " %track register VARIABLE NAME, or trackbook.log_model(model, name) as it is trained"
    )


def of_object(
    book: Book, model: object, *, word: str | None = None, run: Run | None = None
) -> Meant:
    """Return a model with the run that made it, as far as that is known."""
    recorder = book.recorder
    if run is not None or recorder is None:
        return Meant(model, run, None)
    run_id = recorder.flow.run_of(model)
    if run_id is None and word is not None:
        owners = recorder.flow.owners_of({word}) or recorder.flow.made_in({word})
        run_id = next(iter(owners)) if len(owners) == 1 else None
    if run_id is None:
        return Meant(model, None, None)
    book.settle()
    return Meant(model, book.find(run_id), None)


def package_of_run(book: Book, run: Run) -> str | None:
    """Return the digest of the package that was kept with a run, the last one."""
    rows = book.ask("package_of_run", run=run.run_id)
    return str(rows[0][0]) if rows else None


def example_of(book: Book, meant: Meant, names: Mapping[str, object]) -> object:
    """Return rows of the run's own data that fit the model; None where none can be told."""
    from trackbook.lineage import inputs_of

    width = getattr(meant.model, "n_features_in_", None)
    if meant.run is None or width is None:
        return None
    for row in inputs_of(book.store, meant.run).dicts():
        value: Any = names.get(str(row["name"]))
        shape = getattr(value, "shape", ())
        if type(shape) is tuple and len(shape) == 2 and shape[1] == width:  # noqa: PLR2004  rows, columns
            return value[:EXAMPLE_ROWS]
    return None


def tagged(book: Book, row: VersionRow) -> str:
    """Tie an annotated git tag to the version's commit, and return its name."""
    from trackbook.fingerprint import tag_commit

    if row.git_commit is None:
        raise Misused(f"{row.name} was made at no git commit: there is nothing to tag")
    name = f"{row.model.replace(' ', '-')}@v{row.version}"
    tag_commit(book.project, row.git_commit, name, f"{row.name}: {row.why_semver}")
    return name


def namespace() -> Mapping[str, object]:
    """Return the variables of the notebook that is recorded; none elsewhere."""
    from trackbook.doors.ipython import Plugged

    return Plugged.plug.shell.user_ns if Plugged.plug is not None else {}
