"""The one-tap test on the screen, and its result, dated, in the logbook (kind "selftest")."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial

from drivers.contract.receipt_printer import Part
from kiosk.documents import slip
from kiosk.locales.staff import tell
from kiosk.logbook.store import LogbookError
from kiosk.maintenance.devices.checks import Finding, Verdict, findings
from kiosk.maintenance.devices.known import device_title
from kiosk.maintenance.devices.words import cure_of, fault_word
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.parts import Action, ActionKind, Check, Checks, CheckState, Drawing, Picture
from kiosk.screens.screen import Answer, Screen

_log = logging.getLogger("kiosk.maintenance")

_STATES = {Verdict.PASSED: CheckState.OK, Verdict.FAILED: CheckState.MISSING, Verdict.SKIPPED: CheckState.WAITING}

_OUR_OWN = frozenset({"not_ready", "nothing_there", "not_tried", "dark", "bright", "stopped"})
"""Words beside the fault catalogue's: `devices.why_<word>`."""


async def run(shift: Shift, tools: Toolbox, name: str) -> None:
    """Test until somebody is content."""
    client = tools.devices.named(name)
    title = device_title(tools, name)
    while True:
        found: list[Finding] = []
        shown = partial(under_way, shift, title)

        async def work(found: list[Finding] = found) -> None:
            def prompt(word: str) -> None:
                shift.show(partial(under_way, shift, title, word))

            async for finding in findings(client, _strip(tools, name), prompt):
                found.append(finding)

        if isinstance(await shift.ask_while(shown, work()), Answer):
            found.append(Finding("more", Verdict.SKIPPED, "stopped"))
        _keep(shift, tools, name, found)
        answer = await shift.ask(partial(result, shift, title, found))
        if answer.action != "again":
            return


def _strip(tools: Toolbox, device: str) -> tuple[Part, ...]:
    at = slip.At(
        kiosk=tools.site.kiosk_id,
        place=tools.site.name,
        hotline=tools.site.elsewhere.phone,
        printed_at=tools.now().timestamp(),
        timezone=tools.site.timezone,
    )
    return slip.proof_strip(at, device=device)


def _keep(shift: Shift, tools: Toolbox, name: str, found: Sequence[Finding]) -> None:
    """In the audit chain, and in the logbook: what was tried, how it went, who asked."""
    passed = all(each.verdict is not Verdict.FAILED for each in found)
    tried = [
        {"what": each.what, "verdict": each.verdict.value, "code": each.code, "value": each.value} for each in found
    ]
    shift.act("device.tested", device=name, passed=passed)
    try:
        tools.logbook.write("selftest", name, passed=passed, checks=tried, by=shift.who.code)
    except LogbookError as error:
        _log.error("a test is not in the logbook: %s", error)


def under_way(shift: Shift, title: str, prompt: str = "") -> Screen:
    """It goes on; what to do with one's hands now."""
    return shift.composer.screen(
        shift.say,
        "device_testing",
        title=title,
        sentence=tell(f"devices.do_{prompt}") if prompt else tell("devices.testing"),
        blocks=(Picture(drawing=Drawing.WAITING, name=tell("devices.testing")),),
        actions=(Action(id="stop", label=tell("devices.test_stop"), kind=ActionKind.SECONDARY),),
        back=False,
    )


def result(shift: Shift, title: str, found: Sequence[Finding]) -> Screen:
    """What was found, thing by thing."""
    bad = any(each.verdict is Verdict.FAILED for each in found)
    return shift.composer.screen(
        shift.say,
        "device_tested",
        title=title,
        sentence=tell("devices.test_failed" if bad else "devices.test_passed"),
        blocks=(Checks(rows=tuple(_row(each) for each in found)),),
        actions=(
            Action(id="done", label=tell("devices.test_done")),
            Action(id="again", label=tell("devices.test_again"), kind=ActionKind.SECONDARY),
        ),
    )


def _row(finding: Finding) -> Check:
    label = tell(f"devices.check_{finding.what}")
    if finding.what == "output":
        label = tell("devices.output_of", name=tell(f"devices.wire_{finding.value}"))
    note = tell("devices.brightness", value=finding.value) if finding.what == "frame" and finding.value else ""
    if finding.code in _OUR_OWN:
        note = tell("devices.dot").join(filter(None, (note, tell(f"devices.why_{finding.code}"))))
    elif finding.code:
        note = tell("devices.stop").join((fault_word(finding.code), cure_of(finding.code)))
    word = tell(f"devices.verdict_{finding.verdict.value}")
    return Check(label=label, state=_STATES[finding.verdict], word=word, note=note)
