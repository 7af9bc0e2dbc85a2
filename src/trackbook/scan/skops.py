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
MOST_SCHEMA = 1 << 30


def scan_schema(blob: Blob, desk: Desk) -> None:
    """Tell which types a skops file would make that models are not made of."""
    schema = json_of(
        blob.whole(min(MOST_SCHEMA, desk.budget.limits.json_bytes * 4)), strict=True
    )
    allowed = allowed_names()
    if not isinstance(schema, dict) or "protocol" not in schema:
        raise Unclear("is no schema of skops")
    for node in objects_in(schema, desk.budget):
        loader = node.get("__loader__")
        if loader is None and "__class__" not in node:
            continue
        full = f"{node.get('__module__')}.{node.get('__class__')}"
        if loader not in NODES:
            desk.error(
                blob.path,
                "skops-node",
                f"makes {shown(full)} by {shown(loader)}, which calls more",
            )
        elif full not in allowed and full not in ALSO and full not in desk.allow:
            code = "skops-danger" if is_dangerous(full) else "skops-type"
            desk.error(
                blob.path,
                code,
                f"makes {shown(full)}, which is not on the list of what models need",
            )
