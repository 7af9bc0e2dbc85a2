"""A notebook's params, by papermill's rules: the cell tagged `parameters`, and the injected one."""

from __future__ import annotations

import ast
import json
import keyword
import re
from typing import TYPE_CHECKING, Any

from IPython.core.inputtransformer2 import TransformerManager

from trackbook.errors import Misused, NotFound
from trackbook.launch.params import MAKERS, Declared, checked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

TAG, INJECTED = "parameters", "injected-parameters"
ODD = (ValueError, AttributeError, TypeError, KeyError, RecursionError)
"""What reading raises where a file is JSON, and no notebook."""
OF_LITERALS = {str: "string", bool: "bool", int: "number", float: "float"}
OF_LITERALS |= {list: "list", tuple: "list", dict: "dict"}


def read_notebook(file: Path) -> Any:
    """Return a notebook, refusing what is none or is not in Python."""
    import nbformat  # takes a second or two, which a script must not wait for

    v4: Any = nbformat.v4
    reads: Any = nbformat.reads
    try:
        text = file.read_text(encoding="utf-8")
        notebook = v4.upgrade(reads(text, as_version=4))
        before = json.loads(text).get("cells", ())
        for number, (cell, was) in enumerate(zip(notebook.cells, before, strict=False), 1):
            if "id" not in was:  # the same in each run, unlike what nbformat draws
                cell.id = f"cell-{number}"
        nbformat.validate(notebook)
    except OSError as error:
        raise NotFound(f"cannot read {str(file)!r}: {error.strerror}") from error
    except (*ODD, nbformat.ValidationError) as error:
        said = str(error).strip().partition("\n")[0][:200]
        raise Misused(f"{str(file)!r} is no notebook: {said}") from None
    language = str(
        notebook.metadata.get("kernelspec", {}).get("language")
        or notebook.metadata.get("language_info", {}).get("name")
        or "python"
    )
    if language.lower() not in ("python", "ipython"):
        raise Misused(f"{str(file)!r} is written in {language}: only Python is recorded")
    return notebook


def parameterized(
    notebook: Any, given: Mapping[str, object], *, of: str, folder: Path
) -> dict[str, object]:
    """Put a cell of what is given into a notebook, and return all its params' values.

    The injected cell stands behind the tagged one, or at the top where there is none, and
    takes the place of one that an earlier injection left. Only what was given is in it.

    Raises:
        NotFound: the tagged cell does not have such a param
        Misused: a value is of another type, or would not arrive
    """
    for name in given:
        if not name.isidentifier() or keyword.iskeyword(name):
            raise Misused(
                f"{name[:60]!r} cannot name a param of a notebook: it is no variable"
            )
    at = next((n for n, cell in enumerate(notebook.cells) if TAG in tags_of(cell)), None)
    if at is None:
        must_arrive(notebook, given, of)
    declared = (
        list(declared_in(source_of(notebook.cells[at], of))) if at is not None else []
    )
    values = checked(declared, given, of=of, folder=folder, is_open=at is None)
    if given:
        inject(notebook, {name: values[name] for name in given}, behind=at)
    return values


def inject(notebook: Any, values: Mapping[str, object], *, behind: int | None) -> None:
    """Put a cell that sets values into a notebook, where papermill would put it.

    Papermill writes it. Its `parameterize_notebook` would also tag every cell, and give this
    one another id each time: by its id a cell is known in later runs.
    """
    from papermill.translators import translate_parameters

    source = translate_parameters("python3", "python", values, "Parameters")
    import nbformat

    v4: Any = nbformat.v4
    cell = v4.new_code_cell(source, id=INJECTED, metadata={"tags": [INJECTED]})
    earlier = [n for n, one in enumerate(notebook.cells) if INJECTED in tags_of(one)]
    if earlier:
        notebook.cells[earlier[0]] = cell
    else:
        notebook.cells.insert(0 if behind is None else behind + 1, cell)


def tags_of(cell: Any) -> list[object]:
    """Return a cell's tags."""
    tags = cell.metadata.get("tags", ())
    return list(tags) if isinstance(tags, (list, tuple)) else []


def source_of(cell: Any, of: str) -> ast.Module:
    """Return a cell's code, read; without its magics."""
    try:
        return ast.parse(plain_of(cell.source))
    except (SyntaxError, ValueError) as error:
        raise Misused(f"{of}: its cell tagged `parameters` is no Python: {error}") from None


def declared_in(tree: ast.Module) -> Iterator[Declared]:
    """Yield the params that a cell sets; one that is only annotated, `lr: float`, is required."""
    for line in tree.body:
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            kind = annotated(line.annotation)
            if line.value is None:
                yield Declared(name=line.target.id, type=kind or "any", is_required=True)
            else:
                yield set_to(line.target.id, line.value, kind)
        elif isinstance(line, ast.Assign):
            for target in line.targets:
                if isinstance(target, ast.Name):
                    yield set_to(target.id, line.value, None)


def set_to(name: str, value: ast.expr, kind: str | None) -> Declared:
    """Return the param that an assignment sets."""
    try:
        default = ast.literal_eval(value)
    except ValueError:
        return Declared(name=name, type=kind or "any", default=ast.unparse(value))
    found = kind or OF_LITERALS.get(type(default), "any")
    return Declared(name=name, type=found, default=default)


def annotated(annotation: ast.expr) -> str | None:
    """Return the type that an annotation means; None where it is no plain one."""
    text = annotation.value if isinstance(annotation, ast.Constant) else None
    words = re.findall(r"\w+", text if isinstance(text, str) else ast.unparse(annotation))
    plain = [word for word in words if word not in ("None", "Optional", "typing")]
    first = plain[0].lower() if plain else ""
    return (
        first
        if first in MAKERS and (len(plain) == 1 or first in ("list", "dict"))
        else None
    )


def must_arrive(notebook: Any, given: Mapping[str, object], of: str) -> None:
    """Refuse params that a notebook without a tagged cell sets again itself."""
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code" or INJECTED in tags_of(cell):
            continue
        try:
            tree = ast.parse(plain_of(cell.source))
        except (SyntaxError, ValueError):
            continue  # the cell will say so itself
        for param in declared_in(tree):
            if param.name in given:
                raise Misused(
                    f"cell {number} of {of} sets {param.name} itself, and would undo what is"
                    " given: tag that cell `parameters`"
                )


def plain_of(source: str) -> str:
    """Return a cell's source as Python: magics are calls."""
    shell: Any = TransformerManager
    return str(shell().transform_cell(source))
