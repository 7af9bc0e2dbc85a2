"""Cards of what loads data: tables of pandas, polars and pyarrow, sets of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.libraries.base import Given, Library, Loaded, Used
from trackbook.libraries.given import module_of, name_of, values_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from trackbook.libraries.base import Call, Finding, Reader

SOURCES = (
    "filepath_or_buffer", "path_or_buf", "path", "io", "source", "file", "fname", "where",
    "sql", "query", "path_or_buffer", "table_name", "root", "filename", "name",
)  # fmt: skip
"""What libraries call the argument that says where data come from, in order."""
PARTS = ("data", "target", "frame")
"""Of what scikit-learn's loaders return."""
DATA_NAMES = ("X", "y", "Y", "data", "label", "raw_documents", "x")


def reader_of(library: str) -> Reader:
    """Return what reads a finished loading of a library."""

    def loaded(call: Call) -> Iterable[Finding]:
        location = next(
            (call.given[name] for name in SOURCES if call.given.get(name) is not None), None
        )
        yield Loaded(made=call.result, by=f"{library}.{call.name}", location=location)

    return loaded


def given_set(call: Call) -> Iterator[Finding]:
    """Read one of scikit-learn's own sets: a Bunch of parts, or a tuple of X and y."""
    kind, _, name = call.name.partition("_")
    if kind not in ("load", "fetch", "make"):
        return
    named = call.given.get("name") if name == "openml" else None
    name = named if type(named) is str else name
    by, made = f"sklearn.datasets.{call.name}", call.result
    if type(made) is tuple:
        for part in made:
            yield Loaded(made=part, by=by)
    elif isinstance(made, dict):
        for part in PARTS:
            if dict.get(made, part) is not None:
                yield Loaded(made=dict.get(made, part), by=by, name=f"{name}.{part}")
    else:
        yield Loaded(made=made, by=by, name=name)


def held(call: Call) -> Iterator[Finding]:
    """Read the making of what holds data for a training: a DMatrix, a loader of batches."""
    holder = call.given["self"]
    data: list[Given] = []
    for name in ("data", "label", "dataset", "tensors"):
        value = call.given.get(name)
        each = value if name == "tensors" and type(value) is tuple else (value,)
        data += [Given("training", one, name) for one in each if one is not None]
    if data:
        yield Used(data=data, of=holder)


def kept_set(call: Call) -> Iterator[Finding]:
    """Read the making of one of torchvision's sets, by its `data` and `targets`."""
    values = values_of(call.given["self"])
    name = name_of(type(call.given["self"]))
    for part in ("data", "targets"):
        if values.get(part) is not None:
            yield Loaded(
                made=values[part],
                by=f"torchvision.datasets.{name}",
                location=values.get("root"),
                name=f"{name}.{part}",
            )
    yield Used(
        data=[Given("training", values[p], p) for p in ("data", "targets") if p in values],
        of=call.given["self"],
    )


def data_given(given: Mapping[str, object], role: str = "training") -> list[Given]:
    """Return the data among a call's arguments; those to validate on as such."""
    found = [Given(role, given[n], n) for n in DATA_NAMES if given.get(n) is not None]
    found += [
        Given("validation", given[n], n)
        for n in ("X_val", "y_val")
        if given.get(n) is not None
    ]
    evaluated = given.get("eval_set")
    for pair in evaluated if type(evaluated) is list else ():
        if type(pair) is tuple:
            found += [
                Given("validation", part, f"eval_set {name}")
                for name, part in zip("Xy", pair, strict=False)
            ]
    return found


def held_given(given: Mapping[str, object]) -> list[Given]:
    """Return the holders of data among the arguments of a training on its own interface."""
    training = given.get("dtrain", given.get("train_set"))
    found = [] if training is None else [Given("training", training, "dtrain")]
    validation: Any = given.get("evals") or given.get("valid_sets") or ()
    for each in validation if type(validation) in (list, tuple) else ():
        holder = each[0] if type(each) is tuple and each else each
        if holder is not training and module_of(type(holder)):
            found.append(Given("validation", holder, "evals"))
    return found


def functions(library: str, names: str, module: str = "") -> dict[str, Reader]:
    """Return a library's loading functions with what reads them."""
    return dict.fromkeys(
        (f"{module or library}:{name}" for name in names.split()), reader_of(library)
    )


READERS = (
    Library(
        module="pandas",
        functions=functions(
            "pandas",
            "read_csv read_table read_fwf read_excel read_json read_parquet read_feather"
            " read_orc read_pickle read_html read_sql read_sql_query read_sql_table read_hdf"
            " read_stata read_sas read_spss read_xml read_iceberg",
        ),
    ),
    Library(
        module="polars",
        functions=functions(
            "polars",
            "read_csv read_parquet read_ipc read_json read_ndjson read_avro read_excel"
            " read_ods read_database read_database_uri read_delta scan_csv scan_parquet"
            " scan_ipc scan_ndjson scan_delta",
        ),
    ),
    Library(module="numpy", functions=functions("numpy", "load loadtxt genfromtxt")),
    Library(module="joblib", functions=functions("joblib", "load")),
    Library(module="seaborn", functions=functions("seaborn", "load_dataset")),
    Library(
        module="pyarrow",
        functions=functions("pyarrow", "read_table read_pandas", "pyarrow.parquet")
        | functions("pyarrow", "read_table read_feather", "pyarrow.feather"),
    ),
    Library(module="sklearn", functions={"sklearn.datasets:*": given_set}),
    Library(
        module="torch",
        methods={
            "torch.utils.data:TensorDataset": {"__init__": held},
            "torch.utils.data:DataLoader": {"__init__": held},
        },
    ),
    Library(
        module="torchvision",
        methods={
            f"torchvision.datasets:{name}": {"__init__": kept_set}
            for name in ("MNIST", "CIFAR10", "SVHN", "STL10")
        },
    ),
)
