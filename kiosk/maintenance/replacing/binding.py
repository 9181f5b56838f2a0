"""The paper of it: the report of the test, kept, dated and signed; the binding; and back to the one before."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from drivers.contract.common import DeviceClass, Identity
from drivers.digests import digest_of
from kiosk.bindings.binding import Binding
from kiosk.bindings.in_force import FOLDER
from kiosk.bindings.store import BindingFiles
from kiosk.bindings.whole import write_whole
from kiosk.documents.signed_record import signed
from kiosk.maintenance.replacing.conformity import Trial
from kiosk.maintenance.replacing.limits import Compared
from kiosk.maintenance.rights import Staff
from kiosk.maintenance.signature import Proof
from kiosk.maintenance.toolbox import Toolbox
from kiosk.settings.profile import DeviceSettings

KIND = "replacement"
REPORTS = "reports"


def files(tools: Toolbox) -> BindingFiles:
    """This machine's bindings."""
    return BindingFiles(tools.site.state_folder / FOLDER)


def report_name(name: str, at: datetime) -> str:
    """What the report of this test is called: when, what, which."""
    return f"{at:%Y%m%d-%H%M%S}-{KIND}-{name}.json"


def write_report(
    tools: Toolbox,
    who: Staff,
    name: str,
    before: DeviceSettings,
    device: DeviceSettings,
    identity: Identity,
    trial: Trial,
    rows: tuple[Compared, ...],
    *,
    passed: bool,
    at: datetime,
) -> str:
    """Keep the report, whether it passed or not; return its name. Raise OSError."""
    file = report_name(name, at)
    folder: Path = tools.site.state_folder / REPORTS
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    body: dict[str, Any] = {
        "device": name,
        "class": device.device_class.value,
        "before": {"driver": before.driver},
        "after": {"driver": device.driver, "identity": msgspec.to_builtins(identity)},
        "passed": passed,
        "limits": [{**msgspec.to_builtins(each), "within": each.within} for each in rows],
        "times": {"done": trial.done, "failed": trial.failed, "seconds": [round(each, 3) for each in trial.took]},
        "kit": trial.report,
        "by": who.code,
        "role": who.role.value,
    }
    write_whole(folder / file, signed(KIND, tools.site.kiosk_id, body, tools.signer, at=at))
    return file


def bind(
    tools: Toolbox, who: Staff, proof: Proof, name: str, device: DeviceSettings, report: str, *, at: datetime
) -> None:
    """Put it in force for every start from now on. Raise OSError: then nothing has changed."""
    binding = Binding(
        name=name,
        device_class=DeviceClass(device.device_class),
        driver=device.driver,
        place=None if device.place is None else device.place.value(),
        settings=device.settings,
        digest=digest_of(device.driver),
        report=report,
        passed=True,
        by=who.code,
        role=who.role.value,
        proof=proof.value,
    )
    files(tools).put(name, binding.file(tools.site.kiosk_id, tools.signer, at=at))


def unbind(tools: Toolbox, name: str) -> None:
    """Back to what was in force before. Raise OSError."""
    files(tools).go_back(name)
