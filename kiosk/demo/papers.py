"""The papers as they left the printers: PDF and picture of every certificate page, picture of every slip."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pypdfium2

PICTURE_DPI = 110


def collect(wire: Path, target: Path) -> list[str]:
    """Copy and draw the papers; return the names of the files that were made."""
    made: list[str] = []
    for description in sorted((wire / "a4_printer").glob("job-*.json"), key=_number):
        job = json.loads(description.read_text("utf-8"))
        source = description.with_suffix(".pdf")
        if not source.exists() or not job.get("sheets_out"):
            continue
        stem = "certificate-" + str(job["name"]).replace("/", "-")
        shutil.copyfile(source, target / f"{stem}.pdf")
        document = pypdfium2.PdfDocument(source)
        for index in range(len(document)):
            picture = document[index].render(scale=PICTURE_DPI / 72).to_pil()
            picture.save(target / f"{stem}-{index + 1}.png")
            made += [f"{stem}.pdf", f"{stem}-{index + 1}.png"]
        document.close()
    for slip in sorted((wire / "receipt_printer").glob("slip-*.png"), key=_number):
        shutil.copyfile(slip, target / f"receipt-{_number(slip)}.png")
        made.append(f"receipt-{_number(slip)}.png")
    return made


def _number(path: Path) -> int:
    return int(path.stem.rpartition("-")[2])
