"""What the demo measures and leaves behind: times, memory by process, the journal as text."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import psutil

from kiosk.demo.standing import Standing
from kiosk.demo.visitor import Visitor
from kiosk.journal.store import Journal
from kiosk.screens.protocol import Drawn
from kiosk.window import ShellWindow


def memory_table(stand: Standing, window: ShellWindow) -> dict[str, float]:
    """Return the PSS of each of the kiosk's processes in MB, and their sum; emulators, sandbox and X are not the kiosk's."""
    pids = {"core (with dock)": psutil.Process().pid}
    if window.pid:
        pids["shell"] = window.pid
    if stand.kiosk.face.pid:
        pids["face worker"] = stand.kiosk.face.pid
    if stand.kiosk.voice is not None and stand.kiosk.voice.pid:
        pids["voice"] = stand.kiosk.voice.pid
    for snapshot in stand.kiosk.devices.table():
        if snapshot.pid:
            pids[f"host {snapshot.name}"] = snapshot.pid
    table = {name: round(psutil.Process(pid).memory_full_info().pss / 1e6, 1) for name, pid in pids.items()}
    return {**table, "sum": round(sum(table.values()), 1)}


PLAIN = frozenset({"choose", "guide", "precheck", "take_card", "idle"})
"""Screens that follow a touch with nothing but the core's answer between; the others wait for camera, platform or printer."""


def touch_figures(drawn: list[tuple[str, Drawn]]) -> dict[str, float]:
    """Return figures in milliseconds, of (screen, what the shell measured): touch to pressed state, touch to the next screen."""
    pressed = sorted(each.pressed_ms for _, each in drawn if each.pressed_ms >= 0)
    following = sorted(each.since_touch_ms for _, each in drawn if each.since_touch_ms >= 0)
    plain = sorted(each.since_touch_ms for name, each in drawn if each.since_touch_ms >= 0 and name in PLAIN)
    return {
        "pressed_p95_ms": _percentile(pressed, 0.95),
        "plain_p95_ms": _percentile(plain, 0.95),
        "all_p50_ms": _percentile(following, 0.5),
        "all_p95_ms": _percentile(following, 0.95),
        "touches": float(len(pressed)),
    }


async def far_ends(stand: Standing) -> dict[str, float]:
    """Return the seconds that the emulated reader and printer have spent by now: radio, line, paper path.

    An emulator that does not count them (another brand's) has spent none: they are then part of our own share.
    """
    reader = await stand.stage.emulators.state("id_reader")
    printer = await stand.stage.emulators.state("a4_printer")
    sheets = sum(job["sheets_out"] for job in printer.get("jobs", ()))
    return {
        "reader": float(reader.get("radio_seconds", 0.0)) + float(reader.get("wire_seconds", 0.0)),
        "printer": sheets * float(printer.get("seconds_per_page", 0.0)),
    }


def own_share(visitor: Visitor, before: dict[str, float], after: dict[str, float]) -> float:
    """Return the visit's seconds without radio, line, paper path and the slip printer; the platform's answers are still in it."""
    spent = sum(after.values()) - sum(before.values())
    whole = sum(step.seconds for step in visitor.steps if step.outcome != AFTER_SLIP)
    return round(whole - spent, 2)


AFTER_SLIP = "rate"
"""The screen that follows the printing of the slip."""


def _percentile(values: list[float], share: float) -> float:
    return round(values[min(len(values) - 1, int(len(values) * share))], 1) if values else -1.0


def write_journal(journal: Journal, path: Path) -> None:
    """Write the journal as text."""
    from kiosk.cli.journal import as_text

    path.write_text("\n".join(as_text(journal, journal.verify_chain())) + "\n", "utf-8")


def copy_kiosk_files(stand: Standing, target: Path) -> None:
    """Copy everything that the kiosk itself wrote, for the checker's privacy scan."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(stand.kiosk.site.state_folder, target / "state")


def table(summary: dict[str, Any], visitors: list[Visitor]) -> list[str]:
    """Return the lines for the terminal."""
    lines = []
    for visitor in visitors:
        lines += ["", f"== {'大字语音版' if visitor.mode.value == 'elder' else '标准版'}"]
        lines += [f"{_wide(step.name, 26)}{step.seconds:8.2f} s   {step.outcome}" for step in visitor.steps]
    lines += ["", f"自身用时（不含读卡、出纸、凭条，秒） {summary['own_share_s']}"]
    lines += [f"首屏可点 {summary['first_touchable_screen_s']} s", f"触摸 {summary['touch']}", "内存 PSS（MB）："]
    lines += [f"  {_wide(name, 24)}{value:8.1f}" for name, value in summary["memory"].items()]
    lines += [summary["note"]]
    lines.append("走完了两次办事" if summary["ok"] else f"没有走完：{summary['problem']}")
    return lines


def _wide(text: str, width: int) -> str:
    """Pad a text whose Chinese characters are two columns wide."""
    taken = sum(2 if ord(character) > 0x2E80 else 1 for character in text)
    return text + " " * max(1, width - taken)
