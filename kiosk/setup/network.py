"""The machine's network, as far as a technician at the panel has to do with it: what is connected, and NetworkManager (nmcli) where
it is installed. Without it the network is somebody else's work, and only looked at."""

from __future__ import annotations

import asyncio
import shutil
import socket
from ipaddress import IPv4Address, IPv4Interface, ip_address
from pathlib import Path

import msgspec
import psutil

from drivers.contract.secret import SecretText
from drivers.link.within import within
from kiosk.setup.limits import limits


class Interface(msgspec.Struct, frozen=True, kw_only=True):
    """One network card. `up`: a cable is in, or a wireless network joined."""

    name: str
    up: bool
    wireless: bool
    addresses: tuple[str, ...]


class Wireless(msgspec.Struct, frozen=True, kw_only=True):
    """A wireless network that can be heard. `signal` in percent; `locked`: it wants a password."""

    name: str
    signal: int
    locked: bool


class Fixed(msgspec.Struct, frozen=True, kw_only=True):
    """A fixed address, as offices give it out: "192.0.2.7/24", gateway, name server."""

    address: str
    gateway: str
    dns: str


class NetworkRefuses(Exception):
    """NetworkManager did not do it; its own words."""


def interfaces(sysfs: Path = Path("/sys/class/net")) -> tuple[Interface, ...]:
    """The network cards of this machine, and what else has an address that others can reach."""
    states = psutil.net_if_stats()
    found = []
    for name, addresses in sorted(psutil.net_if_addrs().items()):
        texts = [
            each.address.partition("%")[0] for each in addresses if each.family in (socket.AF_INET, socket.AF_INET6)
        ]
        usable = tuple(each for each in texts if not (ip_address(each).is_link_local or ip_address(each).is_loopback))
        if usable or (sysfs / name / "device").exists():
            up = name in states and states[name].isup
            wireless = (sysfs / name / "wireless").exists()
            found.append(Interface(name=name, up=up, wireless=wireless, addresses=usable))
    return tuple(found)


def manager() -> str | None:
    """The path of nmcli, None where there is no NetworkManager."""
    return shutil.which("nmcli")


async def wireless_networks() -> tuple[Wireless, ...]:
    """What can be heard, strongest first, each name once. Raise NetworkRefuses."""
    told = await _nmcli("-t", "-e", "no", "-f", "SIGNAL,SECURITY,SSID", "device", "wifi", "list", "--rescan", "yes")
    found: dict[str, Wireless] = {}
    for line in told.splitlines():
        signal, security, name, *_ = [*line.split(":", 2), "", ""]
        if name and signal.isdigit() and (name not in found or found[name].signal < int(signal)):
            found[name] = Wireless(name=name, signal=int(signal), locked=security not in ("", "--"))
    return tuple(sorted(found.values(), key=lambda each: -each.signal))


async def join(name: str, password: SecretText | None) -> None:
    """Join a wireless network; the password goes through a pipe, where `ps` does not see it, and is wiped. Raise NetworkRefuses."""
    if password is None:
        await _nmcli("device", "wifi", "connect", name)
        return
    try:
        await _nmcli("--ask", "device", "wifi", "connect", name, typed=password)
    finally:
        password.wipe()


async def use_dhcp(interface: str) -> None:
    """Take the address that the network gives. Raise NetworkRefuses."""
    connection = await _connection_of(interface)
    await _nmcli("connection", "modify", connection, "ipv4.method", "auto", "ipv4.addresses", "", "ipv4.gateway", "")
    await _nmcli("connection", "up", connection)


async def use_fixed(interface: str, fixed: Fixed) -> None:
    """Take this address. Raise NetworkRefuses."""
    connection = await _connection_of(interface)
    texts = ("ipv4.addresses", fixed.address, "ipv4.gateway", fixed.gateway, "ipv4.dns", fixed.dns)
    await _nmcli("connection", "modify", connection, "ipv4.method", "manual", *texts)
    await _nmcli("connection", "up", connection)


def is_address(text: str) -> bool:
    """Whether this is an IPv4 address with the length of its network ("192.0.2.7/24")."""
    try:
        return "/" in text and IPv4Interface(text).network.prefixlen < 32
    except ValueError:
        return False


def is_host(text: str) -> bool:
    """Whether this is an IPv4 address."""
    try:
        return bool(IPv4Address(text))
    except ValueError:
        return False


async def _connection_of(interface: str) -> str:
    """The connection of an interface; one is made where there is none."""
    told = await _nmcli("-t", "-e", "no", "-f", "DEVICE,NAME", "connection", "show")
    for line in told.splitlines():
        device, _, name = line.partition(":")
        if device == interface and name:
            return name
    await _nmcli("connection", "add", "type", "ethernet", "ifname", interface, "con-name", interface)
    return interface


async def _nmcli(*arguments: str, typed: SecretText | None = None) -> str:
    """What it says. `typed` is what it asks for; it does not come back in its own words. Raise NetworkRefuses."""
    program = manager()
    if program is None:
        raise NetworkRefuses("nmcli")
    process = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
    )
    try:
        out, error = await within(
            limits().seconds.network, process.communicate(b"" if typed is None else typed.raw() + b"\n")
        )
    except TimeoutError:
        process.kill()
        await process.wait()
        raise NetworkRefuses("timeout") from None
    if process.returncode:
        said = error if typed is None else error.replace(typed.raw(), b"***")
        raise NetworkRefuses(said.decode("utf-8", "replace").strip() or f"nmcli: {process.returncode}")
    return out.decode("utf-8", "replace")
