"""A device on the network by its address, for one that does not announce itself, or where announcements do not pass."""

from __future__ import annotations

import ipaddress
import re
import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from drivers import registry
from drivers.contract.bus import Attached, Bus
from drivers.contract.common import DeviceClass
from kiosk.maintenance.replacing.sight import Thing

_HOST = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*", re.IGNORECASE
)
"""A host name (RFC 1123, 2.1)."""


class Service(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a service of this kind (DNS-SD type) is reached when only its host is known (`services.toml`)."""

    kind: str
    node: str


@cache
def _services() -> tuple[Service, ...]:
    text = files("kiosk.maintenance.replacing").joinpath("services.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["services"], type=tuple[Service, ...])


def may_be_typed(device_class: DeviceClass) -> bool:
    """Whether a device of this class can be on the network."""
    return bool(_kinds(device_class))


def _kinds(device_class: DeviceClass) -> list[Service]:
    wanted = {
        rule.kind.rstrip("*")
        for each in registry.manifests().values()
        if each.device_class is device_class
        for rule in each.match
        if rule.bus is Bus.NETWORK
    }
    return [each for each in _services() if each.kind in wanted]


def at_address(device_class: DeviceClass, typed: str) -> Thing | None:
    """What would be there: one part for each kind of service that a device of this class may be. None: no address."""
    host, port = _parted(typed.strip())
    if not host:
        return None
    parts = tuple(
        Attached(
            bus=Bus.NETWORK,
            path=typed.strip(),
            node=_at(each.node.format(host=f"[{host}]" if ":" in host else host), port),
            kind=each.kind,
        )
        for each in _kinds(device_class)
    )
    return Thing(parts, typed=True) if parts else None


def _parted(typed: str) -> tuple[str, str]:
    """Host and port as typed: "192.0.2.7", "192.0.2.7:9100", "printer.example"; ("", "") for anything else."""
    try:
        return str(ipaddress.ip_address(typed.strip("[]"))), ""
    except ValueError:
        host, colon, port = typed.partition(":")
    if not _HOST.fullmatch(host) or (colon and not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536)):
        return "", ""
    if re.fullmatch(r"[0-9.]+", host):
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return "", ""  # 192.0.2.300: a number that is none, not a name
    return host, port


def _at(node: str, port: str) -> str:
    return re.sub(r":\d+(?=/|\Z)", f":{port}", node, count=1) if port else node
