"""How far it is: a bar and a line of words."""

from __future__ import annotations

from kiosk.screens.parts import Progress
from kiosk.shell import vectors
from kiosk.shell.kit import Kit, Piece, put, rigid
from kiosk.shell.letters import Style
from kiosk.shell.marks import Box, Fill, Mark, Node, Part, Role, Vector


def pieces(progress: Progress, kit: Kit, key: str, width: int) -> list[Piece]:
    """A bar over the whole width; with an unknown total a piece of it wanders."""
    done, total, text = kit.draft.progress or (progress.done, progress.total, progress.label)
    label = kit.set(text, Style(kit.ink.body, leading=1.4), width) if text else None
    label_room = label.height + kit.length.gap // 2 if label else 0
    bar_height = kit.length.progress

    def place(box: Box) -> list[Part]:
        track = Box(box.x, box.y, box.w, bar_height)
        marks: list[Mark] = [Fill(track, kit.colour.track, bar_height // 2)]
        if total > 0:
            full = max(bar_height, round(track.w * min(done, total) / total)) if done else 0
            if full:
                marks.append(Fill(Box(track.x, track.y, full, bar_height), kit.colour.primary, bar_height // 2))
        else:
            piece = Box(track.x, track.y, track.w // 4, bar_height)
            svg = vectors.pill(piece.w, bar_height, kit.colour.primary)
            marks.append(Vector(piece, svg, "wander", (track.w, bar_height)))
        value = kit.words.percent.format(percent=round(100 * min(done, total) / total)) if total else ""
        bar = Node(Role.PROGRESS, text or value, track, value=value)
        parts = [Part(key, bar, tuple(marks))]
        if label:
            y = track.bottom + kit.length.gap // 2
            drawn, node = put(label, box.x, y, kit.colour.ink, width=box.w, align="centre", role=Role.STATUS)
            parts.append(Part(f"{key}.label", node, drawn))
        return parts

    return [rigid(bar_height + label_room, kit.length.space, place)]
