"""Scans what a skops file says that it is made of: every type against the list for pickles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.scan.allowed import allowed_names, is_dangerous
from trackbook.scan.finding import shown
from trackbook.scan.jsons import json_of, objects_in
from trackbook.scan.limits import Unclear

if TYPE_CHECKING:
    from trackbook.scan.desk import Desk
    from trackbook.scan.reader import Blob

NODE_NAMES = (
    "DictNode DefaultDictNode ListNode SetNode TupleNode FunctionNode TypeNode SliceNode ObjectNode"
    " JsonNode BytesNode BytearrayNode NdArrayNode MaskedArrayNode RandomStateNode DTypeNode"
    " RandomGeneratorNode SparseMatrixNode TreeNode LossNode CachedNode ReduceNode BinaryTreeNode"
    " ConstructorFromReduceNode _DictWithDeprecatedKeysNode SGDNode"
)
NODES = frozenset(NODE_NAMES.split())
"""The nodes of skops that only make what their type says; a method or a partial calls more."""
ALSO = frozenset({
    "numpy.random.mtrand.RandomState", "numpy.random._generator.Generator", "builtins.NoneType",
    "numpy.ndarray", "numpy.ma.MaskedArray", "numpy.ma.core.MaskedArray", "numpy.dtype",
    "numpy.random.RandomState", "numpy.random.Generator",
    "xgboost.core.Booster", "builtins.bytes", "scipy.sparse._dok.dok_matrix",
})  # fmt: skip
GENERATORS = frozenset({"MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64"})
PROTOCOLS = (0, 1, 2)
SCHEMAS = 2
"""How many times larger than other JSON a schema may be: it describes every tree of a forest."""


def scan_schema(blob: Blob, desk: Desk) -> None:
    """Tell which types a skops file would make that models are not made of."""
    schema = json_of(blob.whole(desk.budget.limits.json_bytes * SCHEMAS), strict=True)
    if not isinstance(schema, dict) or schema.get("protocol") not in PROTOCOLS:
        raise Unclear("is no schema of skops, or of a protocol not known here")
    for node in objects_in(schema, desk.budget):
        if "bit_generator" in node and not is_generator(node["bit_generator"]):
            desk.error(
                blob.path, "skops-node", "calls something of numpy.random by its name"
            )
        if "__loader__" in node or "__class__" in node:
            judge(node, f"{node.get('__module__')}.{node.get('__class__')}", blob, desk)
        if "module_path" in node:
            # Protocol 0 says here what a function is, whatever class stands beside it.
            full = f"{node['module_path']}.{node.get('function')}"
            judge({"__loader__": "FunctionNode"}, full, blob, desk)


def judge(node: dict[str, object], full: str, blob: Blob, desk: Desk) -> None:
    """Tell what is wrong with one node, which makes something or takes it from a module."""
    loader = node.get("__loader__")
    if loader not in NODES:
        words = f"makes {shown(full)} by {shown(loader)}, which calls more"
        desk.error(blob.path, "skops-node", words)
    elif not (full in allowed_names() or full in ALSO or full in desk.allow):
        code = "skops-danger" if is_dangerous(full) else "skops-type"
        words = f"makes {shown(full)}, which is not on the list of what models need"
        desk.error(blob.path, code, words)


def is_generator(value: object) -> bool:
    """Tell whether a bit generator is one of numpy's, whose class skops calls by this name."""
    if isinstance(value, dict) and value.get("__loader__") == "JsonNode":
        return str(value.get("content")).strip('"') in GENERATORS
    return isinstance(value, dict) or value in GENERATORS
