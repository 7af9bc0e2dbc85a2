"""How runs stood to what their project asks of them."""

from __future__ import annotations

from trackbook.records.base import Record, kind


@kind("conformance")
class Conformance(Record, frozen=True, kw_only=True):
    """What of a run is not as the contract asks, each time that changed; stamped with the run.

    The last one counts; without codes the run keeps the contract.
    """

    contract_digest: str
    """SHA-256 of the contract's file."""
    enforced: bool
    """Whether no model of such a run can be registered."""
    codes: list[str]
    abouts: list[str]
    """The tag, metric or field that each is about."""
    sentences: list[str]
    """Each with what to do about it."""
