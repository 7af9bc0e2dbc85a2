"""Templates: folders, rules and a notebook that a project begins with."""

from __future__ import annotations

from trackbook.templates.catalogue import GROUP, Offered, offered, template_named
from trackbook.templates.make import Planned, make, planned, project_name
from trackbook.templates.manifest import MANIFEST, Template, read_template

__all__ = [
    "GROUP",
    "MANIFEST",
    "Offered",
    "Planned",
    "Template",
    "make",
    "offered",
    "planned",
    "project_name",
    "read_template",
    "template_named",
]
