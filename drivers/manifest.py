"""What a driver says of itself without being loaded: the file `<id>.manifest.toml` beside it."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import msgspec

from drivers.contract.bus import Attached, Bus
from drivers.contract.common import DeviceClass


class Match(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What this driver claims. Every pattern that is written must fit (shell patterns, upper and lower case alike).

    `address` is the setting that takes the node; "host:port" fills two settings from a network address. `settings` come
    along ("connection" = "serial"). Of several drivers that claim one thing the highest `priority` is proposed first: 0 for
    "anything of this kind" (any serial port), 10 for a family, 20 for one model.
    """

    bus: Bus
    address: str
    kind: str = "*"
    vendor: str = "*"
    product: str = "*"
    serial: str = "*"
    maker: str = "*"
    model: str = "*"
    priority: int = 0
    settings: dict[str, Any] = {}

    def fits(self, attached: Attached) -> bool:
        """Whether the rule claims it; reads attributes only."""
        return attached.bus is self.bus and all(
            fnmatchcase(getattr(attached, name).casefold(), getattr(self, name).casefold())
            for name in ("kind", "vendor", "product", "serial", "maker", "model")
        )

    def settings_for(self, attached: Attached) -> dict[str, Any]:
        """The driver settings that reach it. Raise ValueError when the node is no address of the form that is asked for."""
        if self.address == "host:port":
            host, colon, port = attached.node.rpartition(":")
            if not colon or not port.isdigit():
                raise ValueError(f"{attached.node!r} is no host:port")
            return {**self.settings, "host": host.strip("[]"), "port": int(port)}
        return {**self.settings, self.address: attached.node}


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a driver says of itself.

    `entry` is "module:Class" of the driver, `emulator` that of its stand-in ("" when there is none); `emulator_options` are what
    the kit starts it with. `sources` are the public documents in which the protocol is described. `tested` names what it was
    tried on, `wanted` what nobody could try yet or public facts do not support.
    """

    id: str
    device_class: DeviceClass
    title: str
    entry: str
    protocol: str
    sources: tuple[str, ...]
    emulator: str = ""
    emulator_options: dict[str, Any] = {}
    match: tuple[Match, ...] = ()
    tested: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()

    def claim(self, attached: Attached) -> Match | None:
        """The best rule that claims a thing, None when none does."""
        fitting = [rule for rule in self.match if rule.fits(attached)]
        return max(fitting, key=lambda rule: rule.priority, default=None)
