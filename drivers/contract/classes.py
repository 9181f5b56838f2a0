"""Which types belong to which device class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from drivers.contract import a4_printer, camera, id_card, receipt_printer
from drivers.contract.common import DeviceClass


@dataclass(frozen=True)
class ClassTypes:
    """The closed sets of one device class, for encoding and decoding."""

    capabilities: Any
    status: Any
    command: Any
    event: Any
    result: Any


CLASS_TYPES: dict[DeviceClass, ClassTypes] = {
    DeviceClass.ID_CARD_READER: ClassTypes(
        id_card.Capabilities, id_card.Status, id_card.Command, id_card.Event, id_card.Result
    ),
    DeviceClass.CAMERA: ClassTypes(camera.Capabilities, camera.Status, camera.Command, camera.Event, camera.Result),
    DeviceClass.A4_PRINTER: ClassTypes(
        a4_printer.Capabilities, a4_printer.Status, a4_printer.Command, a4_printer.Event, a4_printer.Result
    ),
    DeviceClass.RECEIPT_PRINTER: ClassTypes(
        receipt_printer.Capabilities,
        receipt_printer.Status,
        receipt_printer.Command,
        receipt_printer.Event,
        receipt_printer.Result,
    ),
}
