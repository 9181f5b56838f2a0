"""Which types belong to which device class."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

from drivers.contract import (
    a4_printer,
    camera,
    card_dispenser,
    code_scanner,
    document_camera,
    fingerprint,
    id_card,
    inputs_outputs,
    power_supply,
    receipt_printer,
    smart_card,
)
from drivers.contract.common import DeviceClass


@dataclass(frozen=True)
class ClassTypes:
    """The closed sets of one device class, for encoding and decoding."""

    capabilities: Any
    status: Any
    command: Any
    event: Any
    result: Any


def _types(module: ModuleType) -> ClassTypes:
    """Each class's file names its five sets the same way."""
    return ClassTypes(module.Capabilities, module.Status, module.Command, module.Event, module.Result)


CLASS_TYPES: dict[DeviceClass, ClassTypes] = {
    DeviceClass.ID_CARD_READER: _types(id_card),
    DeviceClass.CAMERA: _types(camera),
    DeviceClass.A4_PRINTER: _types(a4_printer),
    DeviceClass.RECEIPT_PRINTER: _types(receipt_printer),
    DeviceClass.SMART_CARD_READER: _types(smart_card),
    DeviceClass.CODE_SCANNER: _types(code_scanner),
    DeviceClass.DOCUMENT_CAMERA: _types(document_camera),
    DeviceClass.INPUTS_OUTPUTS: _types(inputs_outputs),
    DeviceClass.POWER_SUPPLY: _types(power_supply),
    DeviceClass.CARD_DISPENSER: _types(card_dispenser),
    DeviceClass.FINGERPRINT_READER: _types(fingerprint),
}
