"""A slip that was cut off, kept as files: what a test looks at, and what the dock shows."""

from __future__ import annotations

import json
import time
from pathlib import Path

from drivers.emulators.receipt_paper import Slip


def keep(slip: Slip, stem: Path) -> None:
    """Write STEM.png and STEM.json; the table comes last and whole: whoever sees it may read the picture too."""
    slip.picture.save(stem.with_suffix(".png"))
    record = {"at": time.time(), "text": slip.text, "qr": slip.qr, "rare": slip.rare, "boxes": slip.boxes}
    partial = stem.with_suffix(".part")
    partial.write_text(json.dumps(record, ensure_ascii=False), "utf-8")
    partial.rename(stem.with_suffix(".json"))
