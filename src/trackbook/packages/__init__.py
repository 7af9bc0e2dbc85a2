"""A model as a folder that is named by its content, and works without trackbook."""

from __future__ import annotations

from trackbook.packages.compatibility import Compatibility, compatibility_of
from trackbook.packages.flavours import Flavour, Loader, flavour_named, flavour_of
from trackbook.packages.interface import api_schema_of, openapi_of
from trackbook.packages.loading import Scanned, load, probed, read
from trackbook.packages.manifest import Entry
from trackbook.packages.package import METADATA, Contents, Package, metadata_of
from trackbook.packages.probes import Agreement, pinned
from trackbook.packages.shelf import Shelf
from trackbook.packages.signature import Field, Signature, signature_of
from trackbook.packages.transport import carried, is_sound, must_be
from trackbook.packages.verify import Tampered, verify
from trackbook.packages.versions import Evidence, Proposal, Semver, proposed_version
from trackbook.packages.write import write
from trackbook.packages.yaml import yaml_of

__all__ = [
    "METADATA",
    "Agreement",
    "Compatibility",
    "Contents",
    "Entry",
    "Evidence",
    "Field",
    "Flavour",
    "Loader",
    "Package",
    "Proposal",
    "Scanned",
    "Semver",
    "Shelf",
    "Signature",
    "Tampered",
    "api_schema_of",
    "carried",
    "compatibility_of",
    "flavour_named",
    "flavour_of",
    "is_sound",
    "load",
    "metadata_of",
    "must_be",
    "openapi_of",
    "pinned",
    "probed",
    "proposed_version",
    "read",
    "signature_of",
    "verify",
    "write",
    "yaml_of",
]
