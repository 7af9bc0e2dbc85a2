"""Scans HDF5 files, as old Keras models are: for the configuration and the code in it.

The file is searched, not walked: what it says is found wherever it lies, links are not followed.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from trackbook.scan.keras import scan_keras_config
from trackbook.scan.limits import MB, Unclear

if TYPE_CHECKING:
    from trackbook.scan.desk import Desk
    from trackbook.scan.reader import Blob

CHUNK = MB
OVERLAP = 256
CONFIG = re.compile(rb'\{"(?:class_name|module|config|name)"\s{0,9}:')
LAMBDA = re.compile(rb'"(?:Lambda|__lambda__|TFOpLambda)"')
MODEL = b"model_config"
MOST_CONFIG = 4 * MB
MOST_CONFIGS = 100


def scan_hdf5(blob: Blob, desk: Desk) -> None:
    """Tell what a model in an HDF5 file would run."""
    places: list[int] = []
    is_model = False
    blob.file.seek(0)
    base, tail = 0, b""
    while piece := blob.file.read(CHUNK):
        desk.budget.spend()
        data = tail + piece
        is_model |= MODEL in data
        if LAMBDA.search(data):
            desk.error(blob.path, "keras-code", "has a Lambda layer, which holds code")
        places += [base - len(tail) + m.start() for m in CONFIG.finditer(data)]
        base += len(piece)
        tail = data[-OVERLAP:]
    if not read_configs(blob, sorted(set(places)), desk) and is_model:
        raise Unclear("holds a model whose configuration is not found in it")
    desk.tell(
        blob.path, "warning", "hdf5", "is HDF5: links in it to other files are not followed"
    )


def read_configs(blob: Blob, places: list[int], desk: Desk) -> int:
    """Scan the configurations that may begin at some offsets; return how many there were."""
    count, tries, reached = 0, 0, 0
    for at in places:
        if at < reached:
            continue  # part of the one before
        tries += 1
        size = read_config(blob, at, desk)
        reached = at + size
        count += size > 0
        if tries > MOST_CONFIGS:
            raise Unclear("holds very many configurations")
    return count


def read_config(blob: Blob, at: int, desk: Desk) -> int:
    """Scan a configuration that may begin at an offset; return its length, or 0."""
    desk.budget.spend()
    blob.file.seek(at)
    text = blob.file.read(MOST_CONFIG).decode("utf-8", errors="replace")
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return 0
    scan_keras_config(text[:end].encode(), blob.path, desk)
    return end
