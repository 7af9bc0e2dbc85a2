"""The contract: which tags, names and metrics a project asks of its runs."""

from __future__ import annotations

from trackbook.contract.contract import SOURCES, Contract, Mode, TagRule
from trackbook.contract.contract_text import contract_of, read_contract
from trackbook.contract.facts import Facts, facts_of, fields_in, filled
from trackbook.contract.families import family_of, told_by
from trackbook.contract.lint import Breach, breaches_of, spelled
from trackbook.contract.naming import NamePattern, pattern_of
from trackbook.settings import CONTRACT_FILE

__all__ = [
    "CONTRACT_FILE",
    "SOURCES",
    "Breach",
    "Contract",
    "Facts",
    "Mode",
    "NamePattern",
    "TagRule",
    "breaches_of",
    "contract_of",
    "facts_of",
    "family_of",
    "fields_in",
    "filled",
    "pattern_of",
    "read_contract",
    "spelled",
    "told_by",
]
