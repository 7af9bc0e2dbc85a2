"""A version as one document for other programs, in the words of Uber's Michelangelo registry."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from trackbook.errors import Damaged, Refused
from trackbook.metadata.page import Page, facts_of
from trackbook.packages import Signature, openapi_of
from trackbook.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.metadata.things import Measure, ModelMetadata, Standing

NEEDS = ("cpu_cores", "memory_gb", "inference_latency_p99_ms")
ENVIRONMENTS = {"dev": "dev", "staging": "staging", "prod": "production"}
MAPE = re.compile(r"(^|[^a-z])s?mape([^a-z]|$)", re.IGNORECASE)
LARGEST_MAPE = 1e9
"""Beyond it some true value was (nearly) zero, and the number says nothing of the model."""
NO_MAPE = (
    "left out: a true value was zero, or so near that the error divided by it means nothing"
)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Description(Page):
    """A version in nine facts, and where each number comes from; `schema()` says what may stand."""

    model_id: str
    """Of the name and the first two numbers: a patch is the same weights, packaged anew."""
    model_name: str
    version: str
    framework: str
    training_job_id: str | None
    """The run's id."""
    feature_set_version: str | None
    performance_metrics: Mapping[str, float | None]
    resource_requirements: Mapping[str, float | None]
    """Cores, 10⁹ bytes, milliseconds."""
    environments: Mapping[str, Standing]
    """none, promoted, deployed, failed (rolled back) or retired, in dev, staging, production."""
    sources: Mapping[str, Mapping[str, Any]]
    """Where metrics and resources come from: split, gate or run; declared or measured."""

    def table(self) -> Table:
        """Return its facts with a row each, and where each number comes from."""
        said = self.document()
        whence = said.pop("sources")
        rows = [
            (name, value, told(whence.get(group, {}).get(one)))
            for name, value in facts_of(said)
            for group, _, one in [name.partition(".")]
        ]
        return Table(["fact", "value", "source"], rows)

    @classmethod
    def of(cls, model: ModelMetadata) -> Description:
        """Return a version's document."""
        known = model.resource_requirements
        return cls(
            model_id=slug_of(model.name, model.version),
            model_name=model.tags.get("display_name") or model.name,
            version=model.version,
            framework=model.framework,
            training_job_id=model.run_id,
            feature_set_version=model.feature_set_version,
            performance_metrics={one.name: guarded(one) for one in model.measures},
            resource_requirements={name: known.get(name) for name in NEEDS},
            environments={
                said: model.environments[env] for env, said in ENVIRONMENTS.items()
            },
            sources={
                "performance_metrics": sources_of(model.measures),
                "resource_requirements": dict(model.resource_sources),
            },
        )


def told(source: Mapping[str, Any] | str | None) -> str:
    """Return where a number comes from, in a few words."""
    if source is None or isinstance(source, str):
        return source or ""
    parts = [source["source"], source.get("split"), source.get("note")]
    if "row_count" in source:
        parts.append(f"{source['row_count']} rows")
    if "low" in source and "high" in source:
        parts.append(f"{source['low']:.5g} to {source['high']:.5g}")
    return ", ".join(filter(None, parts))


def slug_of(name: str, version: str) -> str:
    """Return `driver_eta_v3_2` for Driver ETA at 3.2.1; what stands for a try is kept."""
    words = re.sub(r"\W+", "_", name.casefold()).strip("_")
    number, _, rest = version.partition("+")[0].partition("-")
    major, minor = number.split(".")[:2]
    tried = re.sub(r"\W+", "_", f"_{rest}") if rest else ""
    return f"{words}_v{major}_{minor}{tried}"


def guarded(one: Measure) -> float | None:
    """Return a measure, unless it is a mean percentage error of something that was zero."""
    is_void = MAPE.search(one.name) is not None and not abs(one.value) <= LARGEST_MAPE
    return None if is_void else one.value


def sources_of(measures: Sequence[Measure]) -> dict[str, dict[str, Any]]:
    """Return where each measure comes from, without what is not known."""
    found: dict[str, dict[str, Any]] = {}
    for one in measures:
        facts = {
            "source": one.source,
            "split": one.split,
            "row_count": one.row_count,
            "low": one.low,
            "high": one.high,
            "note": None if guarded(one) is not None else NO_MAPE,
        }
        found[one.name] = {name: value for name, value in facts.items() if is_said(value)}
    return found


def is_said(value: object) -> bool:
    """Say whether a fact is known; an end of an interval that is no number is not."""
    return value is not None and not (isinstance(value, float) and not math.isfinite(value))


@cache
def schema_text() -> str:
    """Return the published schema of the document as it lies beside this file."""
    return (
        files("trackbook.metadata").joinpath("description.schema.json").read_text("utf-8")
    )


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a version's document."""
    found: dict[str, Any] = json.loads(schema_text())
    return found


def openapi(model: ModelMetadata) -> dict[str, Any]:
    """Return an OpenAPI 3.1 document of a service that answers with a version's predictions.

    Raises:
        Refused: no example told what it takes
    """
    name = f"{model.name}@{model.version}"
    try:
        signature = Signature.of_text(model.signature or "")
    except Damaged as error:
        raise Refused(
            f"{name} has no signature: register it with an example (--example ROWS), which"
            " tells what it takes and gives"
        ) from error
    return openapi_of(
        signature, title=model.name, version=model.version, about=model.description
    )
