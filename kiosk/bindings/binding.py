"""One binding: which driver serves a device of the profile here, where, with what settings, and who stands for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from cryptography import x509

from drivers.buses.places import Place
from drivers.contract.common import DeviceClass
from kiosk.documents.signed_record import Record, signed, verified
from kiosk.documents.signer import Signer
from kiosk.settings.profile import DeviceSettings, PlaceSettings

KIND = "binding"


class Binding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is signed. `name` is the profile's name for the device.

    `digest` is that of the driver's files when they were tested (`drivers.digests`); `report` names the file of the test in
    state_folder/reports, `passed` is its verdict. `by` and `role` are the code and role of whoever signed for it, `proof` by what
    they proved then to be that ("pin", "time_code"; "": it was signed before the machine asked).
    """

    name: str
    device_class: DeviceClass
    driver: str
    place: Place | None
    settings: dict[str, Any]
    digest: str
    report: str
    passed: bool
    by: str
    role: str
    proof: str = ""

    def over(self, device: DeviceSettings) -> DeviceSettings:
        """The profile's device with this one in its place; class, role and whether it is required stay the profile's."""
        place = None if self.place is None else PlaceSettings(**msgspec.structs.asdict(self.place))
        return device.model_copy(update={"driver": self.driver, "place": place, "settings": dict(self.settings)})

    def file(self, kiosk: str, signer: Signer, *, at: datetime) -> bytes:
        """The signed file."""
        return signed(KIND, kiosk, msgspec.to_builtins(self), signer, at=at)


class Held(msgspec.Struct, frozen=True):
    """A binding that was verified, and when it was signed (ISO 8601, UTC)."""

    binding: Binding
    at: str


def read(raw: bytes, kiosk: str, roots: Sequence[x509.Certificate]) -> Held:
    """Verify and read a file. Raise ValueError for what is no binding, NotGenuine for one that this kiosk did not sign."""
    record: Record = verified(raw, KIND, kiosk, roots)
    try:
        return Held(msgspec.convert(record.body, type=Binding), record.at)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from None
