"""A shift that asks nothing: enough to make screens with."""

from __future__ import annotations

from datetime import time
from importlib.resources import as_file, files
from pathlib import Path
from typing import cast

from kiosk.maintenance.frame import StaffComposer
from kiosk.maintenance.rights import Role, Staff
from kiosk.maintenance.shift import Shift
from kiosk.opening.start import Start, Way
from kiosk.policies import visit_policy
from kiosk.policies.maintenance import maintenance_policy
from kiosk.screens.compose import Place
from kiosk.settings.hours import Hours
from kiosk.settings.profile import Profile, load_profile
from kiosk.settings.site import Elsewhere, Keys, Platform, Site
from kiosk.window import Window

PLACE = Place(
    name="示例区政务自助服务",
    phone="0000-12345678",
    elsewhere_place="示例区政务服务中心 3 号窗口",
    elsewhere_hours="周一至周五 9:00–17:00",
)
"""An invented place."""

FULL = Start(Way.FULL)
"""A start that left nothing out."""

CODES = {Role.KEEPER: "K-0001", Role.TECHNICIAN: "T-0001", Role.ADMINISTRATOR: "A-0001"}


def shift(role: Role | None = Role.TECHNICIAN) -> Shift:
    """Return the shift of somebody of this role; None: at the door."""
    no_window = cast(Window, None)
    made = Shift(
        no_window, visit_policy(), maintenance_policy(), StaffComposer(PLACE), record=lambda event, **facts: None
    )
    if role is not None:
        made.begin(Staff(code=CODES[role], role=role))
    return made


def site() -> Site:
    """An invented site."""
    nowhere = Path("nowhere")
    return Site(
        kiosk_id="DEMO-0001",
        name=PLACE.name,
        place="示例区24小时政务超市",
        hours=Hours(opens=time(8, 30), closes=time(20, 0)),
        items=("KX-RS-001",),
        platform=Platform(url="https://platform.example", secret_file=nowhere, issuer_roots=nowhere),
        keys=Keys(kiosk_key=nowhere, kiosk_certificate=nowhere, operator_roots=nowhere),
        elsewhere=Elsewhere(
            place=PLACE.elsewhere_place,
            address="示例市示例区为民路 1 号一楼",
            hours=PLACE.elsewhere_hours,
            phone=PLACE.phone,
        ),
        state_folder=nowhere,
    )


def profile() -> Profile:
    """The demo's model."""
    with as_file(files("device_profiles").joinpath("demo.toml")) as path:
        return load_profile(path)
