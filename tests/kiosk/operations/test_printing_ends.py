"""A print always ends for whoever waits for it: by what was sensed, and also when a defect breaks it off."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from drivers.contract.a4_printer import Evidence
from kiosk.gateways.fault import GatewayCode, GatewayFault
from kiosk.gateways.serials import IssueRequest, ReplaceRequest
from kiosk.journal.states import PrintState
from kiosk.operations import printing as module
from kiosk.operations.printing import Printing
from kiosk.policies import visit_policy
from tests.support.bench import on_stage
from tests.support.scripts import base_script


def test_a_print_that_a_defect_breaks_off_ends_the_visit_and_not_the_kiosk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody may be left before 「正在打印」, a screen with no way out."""

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("a defect")

    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            run.window.script |= base_script(run)
            with monkeypatch.context() as patched:
                patched.setattr(module, "compose", broken)
                assert await asyncio.wait_for(run.kiosk.lobby.one_visit(), 30) == "crashed"
            (operation,) = run.kiosk.journal.open_operations()
            assert operation.state is PrintState.INTENT, "the next start settles it"
            run.window.shown.clear()
            run.window._number = 0
            run.window.script["idle"] = ["standard", None]
            assert await asyncio.wait_for(run.kiosk.lobby.one_visit(), 30) == "done", "the next visitor is served"
            assert run.sheets_out() == 1

    asyncio.run(go())


def test_a_platform_whose_serials_replace_each_other_in_a_circle_is_given_up() -> None:
    """Otherwise a visitor would stand before 「正在打印」 for ever."""

    async def replace(request: ReplaceRequest) -> None:
        await asyncio.sleep(0)
        raise GatewayFault(GatewayCode.CONFLICT, "/v1/serials/replace")

    async def serial_state(serial: str) -> Any:
        return SimpleNamespace(replaced_by={"A": "B", "B": "A"}[serial])

    nothing: Any = None
    serials: Any = SimpleNamespace(replace=replace, serial_state=serial_state)
    printing = Printing(nothing, nothing, serials, nothing, nothing, visit_policy())
    wanted = IssueRequest(operation="o", licence="l", sha256="0" * 64, pages=1, item="KX-RS-001")

    async def go() -> None:
        await asyncio.wait_for(printing._replace("A", wanted), 5)

    with pytest.raises(GatewayFault):
        asyncio.run(go())


@pytest.mark.parametrize(
    ("evidence", "kept"),
    [
        ((Evidence.JOB_STATE, Evidence.EXIT_SENSOR), PrintState.REPORTED),
        ((Evidence.JOB_STATE, Evidence.EXIT_SENSOR, Evidence.TAKE_SENSOR), PrintState.EJECTED),
    ],
)
def test_without_a_sensor_in_the_tray_nothing_is_left_open(evidence: tuple[Evidence, ...], kept: PrintState) -> None:
    """An open "ejected" would be doubted at the next start, and good paper suspended."""
    printer: Any = SimpleNamespace(snapshot=SimpleNamespace(capabilities=SimpleNamespace(evidence=evidence)))
    nothing: Any = None
    printing = Printing(nothing, nothing, nothing, printer, nothing, visit_policy())
    assert printing._provable(PrintState.EJECTED) is kept
    for state in (PrintState.VOID, PrintState.DOUBTFUL, PrintState.REPORTED):
        assert printing._provable(state) is state
