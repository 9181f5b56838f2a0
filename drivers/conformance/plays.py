"""Which play belongs to which device class."""

from __future__ import annotations

from drivers.conformance.cabinet import CardDispenserPlay, FingerprintPlay, InputsOutputsPlay, PowerSupplyPlay
from drivers.conformance.code_scanner import CodeScannerPlay
from drivers.conformance.id_card import IdCardPlay
from drivers.conformance.pictures import CameraPlay, DocumentCameraPlay
from drivers.conformance.play import Play
from drivers.conformance.printers import A4PrinterPlay, ReceiptPrinterPlay
from drivers.conformance.smart_card import SmartCardPlay
from drivers.contract.common import DeviceClass

PLAYS: dict[DeviceClass, Play] = {
    DeviceClass.ID_CARD_READER: IdCardPlay(),
    DeviceClass.SMART_CARD_READER: SmartCardPlay(),
    DeviceClass.CAMERA: CameraPlay(),
    DeviceClass.DOCUMENT_CAMERA: DocumentCameraPlay(),
    DeviceClass.CODE_SCANNER: CodeScannerPlay(),
    DeviceClass.A4_PRINTER: A4PrinterPlay(),
    DeviceClass.RECEIPT_PRINTER: ReceiptPrinterPlay(),
    DeviceClass.INPUTS_OUTPUTS: InputsOutputsPlay(),
    DeviceClass.POWER_SUPPLY: PowerSupplyPlay(),
    DeviceClass.CARD_DISPENSER: CardDispenserPlay(),
    DeviceClass.FINGERPRINT_READER: FingerprintPlay(),
}
