"""What the next member of staff reads of replaced devices: refused bindings, changed drivers, devices that have not served yet."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from drivers.buses.places import Place
from drivers.client import Link, Snapshot
from drivers.contract.bus import Bus
from drivers.contract.common import DeviceClass
from kiosk.bindings.binding import Binding
from kiosk.bindings.in_force import FOLDER, Why, in_force
from kiosk.bindings.store import BindingFiles
from kiosk.maintenance.frame import StaffComposer
from kiosk.maintenance.readiness.report import Ready, compose
from kiosk.maintenance.replacing.first_service import FirstService
from kiosk.maintenance.replacing.standing import standing, standing_now
from kiosk.maintenance.rights import Role, Staff
from kiosk.maintenance.samples.common import CODES, FULL, PLACE
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.tasks import why, why_bindings
from kiosk.policies import visit_policy
from kiosk.policies.maintenance import maintenance_policy
from tests.kiosk.bindings.test_bindings_in_force import AT, binding
from tests.kiosk.maintenance.readiness.bench import Bench
from tests.kiosk.maintenance.readiness.bench import bench as bench
from tests.support.machine import KIOSK
from tests.support.scripted import ScriptedWindow

Spoil = Callable[[Bench], None]


def put(
    bench: Bench, bound: Binding, *, file: str = "id_reader", spoil: Callable[[bytes], bytes] | None = None
) -> None:
    files = BindingFiles(bench.machine.site.state_folder / FOLDER)
    content = bound.file(KIOSK, bench.machine.signer, at=AT)
    files.put(file, content if spoil is None else spoil(content))


def starts(bench: Bench) -> None:
    """As after a start: what is in force is read, and the devices are asked."""
    found = in_force(bench.tools.site, bench.machine.profile)
    snapshots = {each.name: each for each in bench.devices}
    bench.tools.devices.named = lambda name: SimpleNamespace(snapshot=snapshots[name])  # type: ignore[method-assign]
    first = FirstService(bench.logbook, bench.tools.devices, found)
    bench.tools = replace(bench.tools, bindings=found, first_service=first, profile=found.profile)


def gone(bench: Bench) -> None:
    bench.devices[0] = Snapshot("id_reader", DeviceClass.ID_CARD_READER, "sdt_usb", link=Link.GONE)


GOOD = binding()
OTHERS: dict[str, dict[str, Any]] = {
    "unreadable": {"spoil": lambda content: content[:40]},
    "signature": {"spoil": lambda content: content.replace(b'"sdt_usb"', b'"sdt_serial"')},
    "name": {"file": "camera"},
    "device": {"bound": binding(name="scanner"), "file": "scanner"},
    "class": {"bound": binding(device_class=DeviceClass.CAMERA)},
    "driver": {"bound": binding(driver="no_such_driver")},
    "place": {"bound": binding(place=Place(bus=Bus.SERIAL))},
}


def test_a_refused_binding_is_told_in_plain_words_everywhere_staff_look(bench: Bench) -> None:
    told = set()
    for why_not, other in OTHERS.items():
        put(bench, **{"bound": GOOD, **other})
        starts(bench)
        (found,) = asyncio.run(standing_now(bench.tools))
        assert (found.doubt, found.why) == ("refused", why_not)
        made = shift()
        assert found.words in str(why.list_screen(made, [], Counter(), FULL, (found,)).blocks)
        row = next(each for each in compose(bench.tools, STATEMENT).devices if each.words == found.words)
        assert row.state is Ready.LIMITED
        assert "go" in [action.id for action in why_bindings.doubt_screen(made, found).actions]
        told.add(found.words)
        (bench.machine.site.state_folder / FOLDER / f"{found.name}.json").unlink()
    assert len(told) == len(Why), "each reason in words of its own"


STATEMENT = cast(Any, SimpleNamespace(runtime="0", digest="0" * 64, parts=()))


def test_a_driver_that_was_changed_since_its_test_is_told_until_it_is_tested_again(bench: Bench) -> None:
    put(bench, binding(digest="0" * 64))
    starts(bench)
    assert [each.doubt for each in standing(bench.tools)] == ["changed"]
    assert any(each.state is Ready.UNKNOWN and "驱动" in each.words for each in compose(bench.tools, STATEMENT).devices)
    put(bench, GOOD)
    assert standing(bench.tools) == (), "bound anew in this very life"


def test_what_was_bound_and_never_ready_is_told_until_it_was_ready_once(bench: Bench) -> None:
    """As a power cut between binding and first service leaves it."""
    well = bench.devices[0]
    put(bench, GOOD)
    gone(bench)
    starts(bench)
    assert [(each.name, each.doubt) for each in standing(bench.tools)] == [("id_reader", "untried")]
    starts(bench)
    assert len(standing(bench.tools)) == 1, "another start does not make it served"
    bench.devices[0] = well
    starts(bench)
    bench.tools.first_service.look()
    gone(bench)
    starts(bench)
    assert standing(bench.tools) == (), "it has served: from now on it is a device that is gone, and told as such"
    put(bench, binding(report="another.json"))
    starts(bench)
    assert len(standing(bench.tools)) == 1, "another one was bound"


def test_a_logbook_that_cannot_be_written_costs_the_finding_only(bench: Bench) -> None:
    put(bench, GOOD)
    starts(bench)
    bench.logbook.close()
    assert standing(bench.tools) == ()
    starts(bench)
    assert standing(bench.tools) == ()


def shift(role: Role = Role.TECHNICIAN, window: ScriptedWindow | None = None, acts: list[Any] | None = None) -> Shift:
    made = Shift(
        window or ScriptedWindow({}),
        visit_policy(),
        maintenance_policy(),
        StaffComposer(PLACE),
        record=lambda event, **facts: None if acts is None else acts.append(facts),
    )
    made.begin(Staff(code=CODES[role], role=role))
    made.doing("why")
    return made


def test_a_record_that_is_of_no_use_is_put_aside_by_a_technician_and_kept(bench: Bench) -> None:
    put(bench, GOOD, spoil=lambda content: content[:40])
    starts(bench)
    (found,) = standing(bench.tools)
    acts: list[Any] = []
    window = ScriptedWindow({"staff_why_binding": "aside"})
    keeper = shift(Role.KEEPER, window)
    asyncio.run(why_bindings.mend(keeper, bench.tools, found))
    assert len(standing(bench.tools)) == 1, "a keeper mends no devices"
    assert "aside" not in [action.id for action in window.last("staff_why_binding").actions]
    asyncio.run(why_bindings.mend(shift(Role.TECHNICIAN, window, acts), bench.tools, found))
    assert standing(bench.tools) == ()
    assert [act["act"] for act in acts] == ["binding.put_aside"]
    folder: Path = bench.machine.site.state_folder / FOLDER
    assert [file.name for file in folder.iterdir()] == ["id_reader.refused.json"]
    starts(bench)
    assert bench.tools.profile.devices["id_reader"].driver == "sdt_serial"
