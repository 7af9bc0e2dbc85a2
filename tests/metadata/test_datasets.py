"""Datasets and their versions: what counts as the same, what as the next, what as another."""

from __future__ import annotations

import json

import pytest

from trackbook.clock import new_id
from trackbook.metadata.read import datasets_called, with_versions
from trackbook.records import Dataset, Digest, Input, Label

HOSTILE = "'; DROP TABLE run; --</script>\n\x1b[2J\"$of%_"


@pytest.fixture
def data(project):
    """Write datasets as they were seen; return their ids."""

    def see(name, digest="", *, location=None, columns=("a",), types=("int64",), missing=(0,),
            made_by="pandas.DataFrame", run=None, role="training"):  # fmt: skip
        dataset_id = new_id()
        project.journal.put(
            Dataset(
                dataset_id=dataset_id, name=name, made_by=made_by, location=location, row_count=3,
                size_bytes=24, column_names=list(columns), column_types=list(types), quick="q1:x",
            )
        )  # fmt: skip
        if digest:
            sketches = [
                json.dumps({"kind": "number", "count": 3, "missing": gone})
                for gone in missing
            ]
            project.journal.put(
                Digest(
                    dataset_id=dataset_id,
                    digest=digest,
                    column_digests=[],
                    sketches=sketches,
                )
            )
        if run:
            project.journal.put(Input(dataset_id=dataset_id, role=role), run)
        return dataset_id

    return see


def found(project, of):
    return [with_versions(project.store, one) for one in datasets_called(project.store, of)]


def test_equal_contents_of_two_names_are_two_datasets_with_one_digest(
    project, data
) -> None:
    data("one", "fp1:a")
    data("two", "fp1:a")
    by_content = found(project, "fp1:a")
    assert [one.name for one in by_content] == ["two", "one"]
    assert len({one.dataset_id for one in by_content}) == 2
    assert [one.version for one in by_content] == [1, 1]


def test_another_content_is_the_next_version_and_an_old_one_its_own_again(
    project, data
) -> None:
    first = data("df", "fp1:a")
    data("df", "fp1:b")
    again = data("df", "fp1:a")
    (only,) = found(project, "df")
    assert [one.version for one in only.versions] == [1, 2]
    assert (only.version, only.version_id, only.version_count) == (1, first, 2)
    assert list(only.versions[0].seen_as) == [first, again]


def test_what_was_not_gone_through_has_no_version(project, data) -> None:
    data("df", "fp1:a")
    data("df")
    (only,) = found(project, "df")
    assert (only.version, only.content_digest, only.version_count) == (None, None, 1)
    assert [one.version for one in only.versions] == [1, None]


def test_one_name_from_two_places_is_two_datasets(project, data) -> None:
    data("df", "fp1:a", location="/x/a.csv")
    data("df", "fp1:b", location="/x/b.csv")
    assert [one.namespace for one in found(project, "df")] == ["/x/b.csv", "/x/a.csv"]
    (only,) = found(project, "/x/a.csv")
    assert (only.namespace, only.version) == ("/x/a.csv", 1)


@pytest.mark.parametrize(
    ("columns", "types", "missing", "change"),
    [
        (("a", "b"), ("int64", "str"), (0, 0), "same"),
        (("a", "b", "c"), ("int64", "str", "bool"), (0, 0, 1), "compatible"),
        (("b", "a"), ("str", "int64"), (0, 0), "compatible"),
        (("a",), ("int64",), (0,), "breaking"),
        (("a", "b"), ("float64", "str"), (0, 0), "breaking"),
        (("a", "b"), ("int64", "str"), (0, 2), "breaking"),
    ],
)
def test_a_schema_changes_compatibly_or_not(
    project, data, columns, types, missing, change
) -> None:
    data("df", "fp1:a", columns=("a", "b"), types=("int64", "str"), missing=(0, 0))
    data("df", "fp1:b", columns=columns, types=types, missing=missing)
    (only,) = found(project, "df")
    before, after = only.versions
    assert (before.schema_change, after.schema_change) == (None, change)
    assert (before.schema_version == after.schema_version) == (change == "same")


def test_values_no_longer_missing_are_compatible(project, data) -> None:
    data("df", "fp1:a", missing=(1,))
    data("df", "fp1:b", missing=(0,))
    assert found(project, "df")[0].versions[1].schema_change == "compatible"


@pytest.mark.parametrize(
    ("made_by", "location", "form"),
    [
        ("pandas.read_csv", "/x/a.csv.gz", "csv"),
        ("polars.read_parquet", "s3://b/part", "parquet"),
        ("pandas.read_feather", "/x/a", "arrow"),
        ("pandas.read_sql", "SELECT * FROM t", "query"),
        ("duckdb", "SELECT * FROM t", "query"),
        ("duckdb", "/x/a.duckdb", "duckdb"),
        ("pandas.read_excel", "/x/a.xlsx", "xlsx"),
        ("pandas.core.frame.DataFrame", None, "in-memory frame"),
        ("numpy.ndarray", None, "in-memory array"),
        ("own.load", "/x/a", None),
    ],
)
def test_formats_are_told_by_loader_and_place(
    project, data, made_by, location, form
) -> None:
    data("df", "fp1:a", made_by=made_by, location=location)
    assert found(project, "df")[0].format == form


def test_runs_in_the_trash_do_not_count(project, data) -> None:
    from trackbook.records import Trash

    kept, thrown = project.run(), project.run()
    data("df", "fp1:a", run=kept)
    data("df", "fp1:a", run=thrown, role="test")
    project.journal.put(Trash(trashed=True), thrown)
    (only,) = found(project, "df")
    assert (only.run_count, list(only.roles)) == (1, ["training"])


def test_labels_are_the_last_ones_given(project, data) -> None:
    data("df", "fp1:a")
    (before,) = found(project, "df")
    assert before.updated_at == before.created_at
    for name, value in (
        ("owner", "ann"), ("owner", "bob"), ("pii", "none"), ("retention", "90 days"),
        ("pii", ""), ("licence", HOSTILE),
    ):  # fmt: skip
        project.journal.put(
            Label(thing="dataset", subject=before.dataset_id, name=name, value=value)
        )
    (after,) = found(project, "df")
    assert (after.owner, after.pii, after.retention, after.licence) == (
        "bob", None, "90 days", HOSTILE,
    )  # fmt: skip
    assert after.tags == {"owner": "bob", "retention": "90 days", "licence": HOSTILE}
    assert after.updated_at > after.created_at


def test_hostile_names_are_names(project, data) -> None:
    data(HOSTILE, "fp1:a", location=HOSTILE, columns=(HOSTILE,), types=(HOSTILE,))
    (only,) = found(project, HOSTILE)
    assert (only.name, only.namespace) == (HOSTILE, HOSTILE)
    assert "<script>" not in only._repr_html_()
    assert "\x1b" not in repr(only) + only._repr_html_()
    assert json.loads(only.json())["name"] == HOSTILE
