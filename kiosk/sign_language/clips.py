"""Clips of sign language: a folder of the operator's, with a manifest that says who signs, under which licence, and what.

    manifest.toml
        signer = "示例市聋人协会"              # who signs, as agreed in writing with them
        licence = "…"                       # under which it may be shown
        [[clips]]
        file = "card.mp4"
        says = "请把身份证放在亮灯的地方。"      # the caption, word for word; values as in the locale file: 共{pages}页。

A clip is known by its wording: one or several whole sentences of a caption. A sentence that has changed since has no clip any more,
and a caption of which one sentence has none is not signed at all: half a message misleads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from kiosk.settings.reading import Mistake, Model, read
from kiosk.voice.grammar import SLOT, pattern, plain, sentences

MANIFEST = "manifest.toml"

FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]*\.(mp4|webm|mkv)$")]
Text = Annotated[str, Field(min_length=1)]


class Clip(Model):
    """One clip. `says`: the caption's sentences that it signs, slots as in the locale file."""

    file: FileName
    says: Text


class Manifest(Model):
    """What the folder is. `language`: 国家通用手语 (ISO 639-3: csl)."""

    language: Literal["csl"] = "csl"
    signer: Text
    licence: Text
    clips: tuple[Clip, ...]


class _Known(NamedTuple):
    path: Path
    patterns: tuple[re.Pattern[str], ...]


class Clips:
    """The clips of a folder."""

    def __init__(self, folder: Path) -> None:
        """Read the manifest. Raise Mistake."""
        self.folder = folder
        self.manifest = read(folder / MANIFEST, Manifest)
        _same_twice(folder / MANIFEST, self.manifest)
        # The one that says most, and most of its own, first: {a}。 must not swallow what 共{pages}页。 says.
        ordered = sorted(self.manifest.clips, key=lambda clip: -len(SLOT.sub("", plain(clip.says))))
        self._known = [
            _Known(folder / clip.file, tuple(pattern(each) for each in sentences(plain(clip.says)))) for clip in ordered
        ]

    def plan(self, caption: str) -> tuple[Path, ...]:
        """Return the clips that sign this caption, in their order; empty when a sentence of it has none."""
        return self._plan(sentences(plain(caption))) or ()

    def _plan(self, left: Sequence[str]) -> tuple[Path, ...] | None:
        if not left:
            return ()
        for path, patterns in self._known:
            count = len(patterns)
            if count <= len(left) and all(each.fullmatch(text) for each, text in zip(patterns, left, strict=False)):
                rest = self._plan(left[count:])
                if rest is not None:
                    return (path, *rest)
        return None


def _same_twice(path: Path, manifest: Manifest) -> None:
    said = [plain(clip.says) for clip in manifest.clips]
    twice = [clip for number, clip in enumerate(manifest.clips) if said[number] in said[:number]]
    if twice:
        raise Mistake([f"{path}: clips: {each.file} 与另一个片段说的是同一句 → 留下一个" for each in twice])
