"""A bill of materials of a version: CycloneDX 1.6, JSON.

https://cyclonedx.org/docs/1.6/json/ is what the words mean; its `modelCard` stands only in a
component of type `machine-learning-model`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from trackbook.papers.words import iso, limits_of, line_of, number
from trackbook.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trackbook.packages import Field
    from trackbook.papers.dossier import Dossier, Used

SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json"
RUNS = re.compile(r"[-_.]+")
Part = dict[str, Any]


def bom(dossier: Dossier) -> str:
    """Return a version's bill of materials: the model, its data, the libraries in use."""
    data = [data_part(f"data-{at}", one) for at, one in enumerate(sets_of(dossier))]
    libraries = list(library_parts(dossier))
    model = model_part(dossier, [one["bom-ref"] for one in data])
    rest = [*data, *libraries]
    document = {
        "$schema": SCHEMA,
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": iso(dossier.written_at),
            "tools": {
                "components": [
                    {"type": "application", "name": "trackbook", "version": __version__}
                ]
            },
            "component": model,
        },
        "components": rest,
        "dependencies": [
            {"ref": model["bom-ref"], "dependsOn": [one["bom-ref"] for one in rest]},
            *({"ref": one["bom-ref"]} for one in rest),
        ],
    }
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def model_part(dossier: Dossier, data: Sequence[str]) -> Part:
    """Return the model itself, with its files and its card."""
    row = dossier.version
    part: Part = {
        "type": "machine-learning-model",
        "bom-ref": f"version-{row.version_id}",
        "name": line_of(row.model),
        "version": row.version,
        "hashes": [{"alg": "SHA-256", "content": row.package_digest}],
        "modelCard": model_card(dossier, data),
        "properties": properties(
            {
                "state": row.state,
                "slots": ", ".join(row.slots),
                "flavour": row.flavour,
                "is_unsafe": str(row.is_unsafe).lower(),
                "package_digest": f"sha256:{row.package_digest}",
                "weights_fp": row.weights_fp,
                "object_fp": row.object_fp,
                "run_id": row.run_id,
                "git_commit": row.git_commit,
                "registered_at": iso(row.registered_at),
                "registered_by": row.registered_by,
                "kind": dossier.kept.metadata.get("kind"),
            }
        ),
    }
    if row.description.strip():
        part["description"] = line_of(row.description)
    if row.author.strip():
        part["authors"] = [{"name": line_of(row.author)}]
    if dossier.kept.files:
        part["components"] = [
            {
                "type": "file",
                "name": line_of(one.path),
                "hashes": [{"alg": "SHA-256", "content": one.sha256}],
                "properties": properties({"size_bytes": one.size_bytes}),
            }
            for one in dossier.kept.files
        ]
    return part


def model_card(dossier: Dossier, data: Sequence[str]) -> Part:
    """Return what is known of the model: data, what goes in and out, metrics, limits."""
    run, found = dossier.run, dossier.signature
    parameters: Part = {}
    if data:
        parameters["datasets"] = [{"ref": ref} for ref in data]
    if found is not None:
        parameters["inputs"] = [{"format": form_of(one)} for one in found.inputs]
        parameters["outputs"] = [{"format": form_of(one)} for one in found.outputs]
        if found.labels:
            parameters["task"] = "classification"
    card: Part = {"modelParameters": parameters} if parameters else {}
    if run is not None and run.metrics:
        card["quantitativeAnalysis"] = {
            "performanceMetrics": [
                {"type": line_of(name), "value": number(value)}
                for name, value in sorted(run.metrics.items())
            ]
        }
    considerations: Part = {"technicalLimitations": list(map(line_of, limits_of(dossier)))}
    if dossier.version.description.strip():
        considerations["useCases"] = [line_of(dossier.version.description)]
    card["considerations"] = considerations
    if run is not None and run.params:
        card["properties"] = properties(
            {f"param:{name}": value for name, value in sorted(run.params.items())}
        )
    return card


def form_of(field: Field) -> str:
    """Return one column or array in a few words."""
    shape = f" {list(field.shape)}" if field.shape else ""
    missing = ", may be missing" if field.nullable else ""
    return line_of(f"{field.name}: " * bool(field.name) + f"{field.dtype}{shape}{missing}")


def sets_of(dossier: Dossier) -> list[list[Used]]:
    """Return the data, each once with all that it was used for."""
    found: dict[str, list[Used]] = {}
    for one in dossier.data:
        found.setdefault(one.data.dataset_id, []).append(one)
    return list(found.values())


def data_part(ref: str, uses: Sequence[Used]) -> Part:
    """Return one dataset; its fingerprint is no hash that CycloneDX has a word for."""
    data = uses[0].data
    facts = properties(
        {
            "role": ", ".join(dict.fromkeys(one.role for one in uses)),
            "fingerprint": data.digest,
            "fingerprint_of_a_sample": None if data.digest else data.quick,
            "rows": data.row_count,
            "columns": ", ".join(map(str, data.column_names)),
            "size_bytes": data.size_bytes,
            "made_by": data.made_by,
            "location": data.location,
            "dataset_id": data.dataset_id,
        }
    )
    name = line_of(data.name)
    inside: Part = {"type": "dataset", "name": name, "contents": {"properties": facts}}
    return {"type": "data", "bom-ref": ref, "name": name, "data": [inside]}


def library_parts(dossier: Dossier) -> Iterable[Part]:
    """Yield the Python and the packages that were in use when the run ended."""
    around = dossier.around
    if around is None:
        return
    yield {
        "type": "platform",
        "bom-ref": "python",
        "name": "Python",
        "version": line_of(around.python),
    }
    origins = around.origins
    for at, package in enumerate(around.environment.packages):
        name, _, version = package.partition("==")
        part: Part = {"type": "library", "bom-ref": f"library-{at}", "name": line_of(name)}
        if version:
            part["version"] = line_of(version)
        if origins.get(name):
            part["properties"] = properties({"origin": origins[name]})
        else:
            part["purl"] = purl(name, version)
        yield part


def purl(name: str, version: str) -> str:
    """Return the address of a package of the Python index.

    The scheme: https://github.com/package-url/purl-spec, type `pypi`.
    """
    plain = quote(RUNS.sub("-", name.lower()), safe="")
    return f"pkg:pypi/{plain}@{quote(version, safe='')}" if version else f"pkg:pypi/{plain}"


def properties(facts: dict[str, Any]) -> list[Part]:
    """Return facts as CycloneDX's properties, without those that are not known."""
    return [
        {"name": line_of(f"trackbook:{name}"), "value": line_of(value)}
        for name, value in facts.items()
        if value not in (None, "")
    ]
