"""Put screenshots that the browser tests keep together into the pictures of the README.

Run: `python tests/browser/pictures.py FOLDER`, the folder that TRACKBOOK_SHOTS named while they ran.
Needs Pillow.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageDraw

SHEETS = {
    "sidebar-runs": [
        "runs", "refused-filter", "run", "reproduced", "stale", "compare-two", "lineage",
        "many",
    ],
    "sidebar-registry": [
        "registry-board", "registry-dry-run", "registry-refused", "registry-approval-missing",
        "registry-production", "registry-rollback", "registry-history", "registry-dashboard-dark",
    ],
    "sidebar-looks": [
        "dark", "run-dark-high-contrast", "narrow", "narrow-run", "notebook7", "empty",
    ],
}  # fmt: skip
WIDTH, COLUMNS, HEAD, COLORS = 720, 2, 26, 256


def main() -> None:
    folder = Path(sys.argv[1])
    for sheet, names in SHEETS.items():
        shots = [reduced(folder / f"sidebar-{name}.png") for name in names]
        high = max(shot.height for shot in shots) + HEAD
        rows = -(-len(shots) // COLUMNS)
        whole = Image.new("RGB", (WIDTH * COLUMNS, high * rows), "white")
        pen = ImageDraw.Draw(whole)
        for place, (name, shot) in enumerate(zip(names, shots, strict=True)):
            left, top = place % COLUMNS * WIDTH, place // COLUMNS * high
            pen.text((left + 6, top + 7), name.replace("-", " "), fill="black")
            whole.paste(shot, (left, top + HEAD))
        target = Path(__file__).parents[2] / "docs" / f"{sheet}.png"
        whole.quantize(COLORS, method=Image.Quantize.FASTOCTREE).save(target, optimize=True)


def reduced(file: Path) -> Image.Image:
    """Return a screenshot at the width of a column."""
    shot = Image.open(file).convert("RGB")
    return shot.resize((WIDTH - 8, shot.height * (WIDTH - 8) // shot.width), Image.LANCZOS)


if __name__ == "__main__":
    main()
