"""`kiosk device list | read | show`: the bench side of the hardware layer, without a kiosk around it."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kiosk.cli import device_scan, device_test
from kiosk.cli.common import add_json, add_set, assignments, say, say_json
from kiosk.cli.device_faults import blaming, told
from kiosk.cli.drivers import level_word, unusable
from kiosk.cli.failure import Usage
from kiosk.cli.parser import seconds, subcommands

if TYPE_CHECKING:
    from drivers.contract.common import DeviceClass


def add(commands: Any) -> None:
    """Add the subcommand and its own."""
    parser = commands.add_parser("device", help="驱动，以及单独试一个设备")
    actions = subcommands(parser, "action")
    listing = actions.add_parser("list", help="装了哪些驱动")
    add_json(listing)
    listing.set_defaults(run=run_list)
    reading = actions.add_parser("read", help="读一张证件")
    reading.add_argument("--driver", required=True, metavar="ID", help="驱动的名字，见 kiosk device list")
    reading.add_argument("--seconds", type=seconds, default=30.0, metavar="S", help="等证件等多久（默认 30 秒）")
    reading.add_argument("--reveal", action="store_true", help="只在调试时用：显示完整的个人信息")
    add_json(reading)
    add_set(reading, "port=/dev/ttyS0")
    reading.set_defaults(run=run_read)
    showing = actions.add_parser("show", help="打开一个设备，问它的能力和状态")
    showing.add_argument("--driver", required=True, metavar="ID", help="驱动的名字，见 kiosk device list")
    add_json(showing)
    add_set(showing, "uri=ipp://192.0.2.7/ipp/print")
    showing.set_defaults(run=run_show)
    device_scan.add(actions)
    device_test.add(actions)


def run_list(arguments: argparse.Namespace) -> int:
    """List the drivers."""
    import msgspec

    from drivers import registry
    from drivers.conformance.standing import standing
    from kiosk.locales.marks import chinese_marks

    found = registry.manifests()
    levels = {driver_id: standing(driver_id).level for driver_id in found}
    if arguments.json:
        say_json([{**msgspec.to_builtins(each), "level": levels[each.id]} for each in found.values()])
    else:
        for each in found.values():
            level = level_word(levels[each.id])
            say(f"{each.id:<16} {each.device_class.value:<18} {level:<4} {chinese_marks(each.title)}")
    return 0


def run_read(arguments: argparse.Namespace) -> int:
    """Open the reader, wait for one card, print it masked."""
    from drivers.contract.common import DeviceClass
    from drivers.contract.driver import Call
    from drivers.contract.faults import DeviceFault, FaultCode, failing
    from drivers.contract.id_card import Card, WaitCard

    def unheard(event: object, fds: Any) -> None:
        if not arguments.json:
            say(type(event).__name__)

    try:
        with _closing(arguments, DeviceClass.ID_CARD_READER) as driver:
            driver.open()
            card = driver.perform(WaitCard(), Call(arguments.seconds, unheard, canceled=threading.Event()))
            assert isinstance(card, Card)
            shown = card_as_shown(card.card, reveal=arguments.reveal)
    except DeviceFault as error:
        if error.fault.code is FaultCode.DEADLINE:
            error = failing(FaultCode.CARD_ABSENT, f"{arguments.seconds:g} 秒内没有放上证件")
        return told(arguments.driver, error, as_json=arguments.json)
    if arguments.json:
        say_json(shown)
    else:
        for key, value in shown.items():
            say(f"{key}: {value}")
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """Open, probe, close; exit 0 only if the device answered."""
    import msgspec

    from drivers.contract.faults import DeviceFault

    try:
        with _closing(arguments) as driver:
            capabilities, status = driver.open(), driver.status()
    except DeviceFault as error:
        return told(arguments.driver, error, as_json=arguments.json)
    found = {"capabilities": msgspec.to_builtins(capabilities), "status": msgspec.to_builtins(status)}
    if arguments.json:
        say_json(found)
    else:
        for part, values in found.items():
            for key, value in values.items():
                say(f"{part}.{key}: {value}")
    return 0


def card_as_shown(card: Any, *, reveal: bool) -> dict[str, Any]:
    """Return a card as JSON values: masked, or in clear for bench use. Never the photo's bytes, only its size."""
    from kiosk.documents.masking import mask_address, mask_name, mask_number

    def shown(secret: Any, mask: Any) -> str | None:
        if secret is None:
            return None
        return secret.reveal() if reveal else mask(secret.reveal())  # type: ignore[no-any-return]

    return {
        "kind": card.kind.value,
        "name": shown(card.name, mask_name),
        "sex": card.sex,
        "nation": card.nation,
        "birth": shown(card.birth, lambda text: f"{text[:4]}-**-**"),
        "address": shown(card.address, mask_address),
        "newest_address": shown(card.newest_address, mask_address),
        "number": shown(card.number, mask_number),
        "issuer": card.issuer,
        "valid_from": card.valid_from,
        "valid_to": card.valid_to,
        "photo_bytes": len(card.photo.reveal()) if card.photo else 0,
        "photo_problem": card.photo_problem,
    }


@contextmanager
def _closing(arguments: argparse.Namespace, wanted: DeviceClass | None = None) -> Iterator[Any]:
    """The driver, closed at the end, and blamed for its own defects."""
    with blaming(arguments.driver):
        driver = _make(arguments, wanted)
        try:
            yield driver
        finally:
            driver.close()


def _make(arguments: argparse.Namespace, wanted: DeviceClass | None = None) -> Any:
    """Make the driver. Raise DeviceFault for wrong settings, Usage for a driver that does not serve the class `wanted`."""
    from drivers import registry

    manifest = registry.manifests().get(arguments.driver)
    if manifest is None and (broken := unusable(arguments.driver)):
        raise Usage(broken)
    if wanted is not None and manifest is not None and manifest.device_class is not wanted:
        able = "、".join(each.id for each in registry.manifests().values() if each.device_class is wanted)
        raise Usage(f"--driver {arguments.driver}：它服务的是 {manifest.device_class}，不是 {wanted} → 可用的有 {able}")
    return registry.make(arguments.driver, assignments(arguments), production=False)
