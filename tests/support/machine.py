"""The files of a machine without a kiosk running on it: site, profile, keys certified by an operator, and a state folder."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.documents.signer import KeyFile
from kiosk.settings.profile import Profile, load_profile
from kiosk.settings.site import Site, load_site
from tests.kiosk.documents.conftest import Operator

KIOSK = "KX-360100-0001"

_SITE = """
kiosk_id = "{kiosk}"
name = "示例区政务自助服务"
place = "示例区24小时政务超市"
items = ["KX-RS-001"]
state_folder = "state"
{more}
[platform]
url = "https://platform.example"
secret_file = "platform.secret"
issuer_roots = "roots.pem"
[keys]
kiosk_key = "{key}"
kiosk_certificate = "{certificate}"
operator_roots = "roots.pem"
[elsewhere]
place = "3 号窗口"
address = "为民路 1 号"
hours = "9:00-17:00"
phone = "0000-12345678"
"""


@dataclass(frozen=True)
class Machine:
    """What lies on its disk."""

    folder: Path
    operator: Operator
    signer: KeyFile

    @property
    def site_file(self) -> Path:
        return self.folder / "site.toml"

    @property
    def profile_file(self) -> Path:
        return self.folder / "profile.toml"

    @property
    def roots(self) -> Path:
        return self.folder / "roots.pem"

    @property
    def site(self) -> Site:
        return load_site(self.site_file)

    @property
    def profile(self) -> Profile:
        return load_profile(self.profile_file)


def machine(folder: Path, *, more: str = "") -> Machine:
    """Lay the files out in a folder. `more`: lines of the site file before its tables."""
    folder.mkdir(parents=True, exist_ok=True)
    operator = Operator(folder)
    signer = operator.kiosk(KIOSK)
    (folder / "roots.pem").write_bytes(operator.root.public_bytes(Encoding.PEM))
    (folder / "platform.secret").write_text("00" * 32)
    (folder / "state").mkdir(mode=0o700)
    names = {"key": "kiosk.key", "certificate": "kiosk.pem"}
    (folder / "site.toml").write_text(_SITE.format(kiosk=KIOSK, more=more, **names), "utf-8")
    with as_file(files("device_profiles").joinpath("demo.toml")) as path:
        shutil.copyfile(path, folder / "profile.toml")
    return Machine(folder, operator, signer)
