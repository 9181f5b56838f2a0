"""USB sticks that a test plugs in: a /proc and a /sys that say so."""

from __future__ import annotations

from pathlib import Path

from kiosk import sticks
from kiosk.sticks import Stick


class House:
    """A /proc and a /sys with disks as a test plugs them in."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.proc, self.sys = folder, folder / "proc", folder / "sys"
        (self.proc / "self").mkdir(parents=True)
        (self.sys / "dev" / "block").mkdir(parents=True)
        (self.sys / "block").mkdir()
        self.lines: list[str] = []
        self._write()

    def _write(self) -> None:
        (self.proc / "self" / "mountinfo").write_text("".join(self.lines))

    def plug(
        self, name: str, *, removable: str = "1", usb: bool = True, options: str = "rw", mounted: str | None = ""
    ) -> Path:
        """Plug a disk `name` with one partition in; return where it is mounted."""
        where = "devices/pci/usb1/1-2" if usb else "devices/pci/ata1"
        disk = self.sys / where / name
        part = disk / f"{name}1"
        part.mkdir(parents=True)
        (disk / "removable").write_text(removable)
        (disk / "size").write_text("1000")
        (disk / "device").mkdir()
        (disk / "device" / "model").write_text("Stick 3000\n")
        (self.sys / "block" / name).symlink_to(disk)
        number = f"8:{len(list((self.sys / 'dev' / 'block').iterdir()))}"
        (self.sys / "dev" / "block" / number).symlink_to(part)
        folder = self.folder / f"U 盘-{name}"
        folder.mkdir()
        if mounted is not None:
            path = str(folder).replace(" ", "\\040")
            self.lines.append(f"30 1 {number} / {path} {options},relatime shared:1 - vfat /dev/{name}1 rw\n")
            self._write()
        return folder

    def sticks(self) -> tuple[Stick, ...]:
        """Those that the kiosk finds here."""
        return sticks.sticks(proc=self.proc, sys=self.sys)
