"""Data that was loaded or handed to a training, and models that were trained."""

from __future__ import annotations

from trackbook.records.base import Record, kind


@kind("dataset")
class Dataset(Record, frozen=True, kw_only=True):
    """Data as an execution first loaded it or handed it on; stamped with that execution."""

    dataset_id: str
    name: str
    """The variable's, or else the file's or the loader's."""
    made_by: str
    """What loaded it, `pandas.read_csv`, or else what it is: `numpy.ndarray`."""
    location: str | None
    """File or address that it came from, without user and password."""
    row_count: int | None
    size_bytes: int
    """In memory, where it says so."""
    column_names: list[str]
    column_types: list[str]
    quick: str
    """Digest of shape, names, types and a sample of rows: equal data have equal ones."""


@kind("digest")
class Digest(Record, frozen=True, kw_only=True):
    """What all values of a dataset come to; written once they have been gone through."""

    dataset_id: str
    digest: str
    """`fp1:` and a hash of all values: the same for the same data in whatever library."""
    column_digests: list[str]
    sketches: list[str]
    """For each column, as JSON: counts, range, moments, edges of quantiles, values most seen."""


@kind("input")
class Input(Record, frozen=True, kw_only=True):
    """A run used a dataset; stamped with the run and the execution."""

    dataset_id: str
    role: str
    """What for: training, validation, test, or loaded in its slice."""


@kind("model")
class Model(Record, frozen=True, kw_only=True):
    """A model as a training left it; stamped with the run and the execution."""

    label: str
    """Its class, `Ridge`; of a pipeline its last step's."""
    library: str
    """The package that its class comes from."""
    digest: str
    """`m1:` and a hash of what it learned: equal for models that learned the same."""
    is_whole: bool
    """Whether everything in it went into the digest."""
