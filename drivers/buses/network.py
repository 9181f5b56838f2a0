"""What says on the local network what it is (DNS-SD over multicast DNS, RFC 6762 and 6763), by python-zeroconf.

path is the name of the service (names are unique on their link), kind its type, serial the UUID of its TXT record. node is
"ipp://address:port/queue" for a printer that speaks IPP, otherwise "address:port".

"_http._tcp" is not among the types that are looked for by default: every router and every printer's own page is one, and nothing
in the record tells a camera from them. A site whose cameras announce themselves names their type.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from drivers import registry
from drivers.buses.sysfs import clean
from drivers.contract.bus import Attached, Bus
from drivers.contract.faults import FaultCode, failing

_TYPE = re.compile(r"(_[a-z0-9-]+\._(?:tcp|udp))\*?", re.IGNORECASE)
"""A service type (RFC 6763 section 7) as a manifest's match rule writes it."""


def services() -> tuple[str, ...]:
    """The types that the installed drivers claim: printers by IPP and by raw port, Modbus over TCP, UPS servers, another's own."""
    rules = (rule for manifest in registry.manifests().values() for rule in manifest.match if rule.bus is Bus.NETWORK)
    found = (_TYPE.fullmatch(rule.kind) for rule in rules)
    return tuple(sorted({match[1].lower() for match in found if match is not None}))


_FIRST_ANSWERS = 1.5
"""Seconds until a listing tells anything: browsers ask at once and again after a second (RFC 6762 5.2), answers may take 0.5 s."""

_LOOK_UP_SECONDS = 2.0
"""In one listing, for addresses and TXT records that did not come along with the names."""


class Browser:
    """Keeps a browser running; a listing reads what it has seen. Made anew when the addresses of this machine change."""

    def __init__(self, services: Sequence[str], interfaces: Sequence[str] = ()) -> None:
        """`interfaces`: own addresses to use, none: all."""
        self._types = [f"{service}.local." for service in services]
        self._interfaces = list(interfaces)
        self._zeroconf: Any = None
        self._names: dict[str, str] = {}
        self._addresses: frozenset[str] = frozenset()
        self._begun = 0.0

    def attached(self) -> tuple[Attached, ...]:
        """List the services that are announced now. Raise DeviceFault(SERVICE_DOWN) when this machine is on no network."""
        self._keep_running()
        time.sleep(max(0.0, self._begun + _FIRST_ANSWERS - time.monotonic()))
        until = time.monotonic() + _LOOK_UP_SECONDS
        found = (self._service(name, kind, until) for name, kind in sorted(self._names.copy().items()))
        return tuple(thing for thing in found if thing is not None)

    def close(self) -> None:
        """End the browser. The next listing begins a new one."""
        running, self._zeroconf = self._zeroconf, None
        self._names.clear()
        if running is not None:
            running.close()

    def _keep_running(self) -> None:
        import zeroconf

        addresses = frozenset(self._interfaces) or _own_addresses()
        if self._zeroconf is not None and addresses == self._addresses and self._zeroconf.started:
            return
        self.close()
        if not addresses:
            raise failing(FaultCode.SERVICE_DOWN, "no network interface has an address")
        try:
            self._zeroconf = zeroconf.Zeroconf(interfaces=self._interfaces or zeroconf.InterfaceChoice.All)
            zeroconf.ServiceBrowser(self._zeroconf, self._types, handlers=[self._heard])
        except (OSError, zeroconf.Error) as error:
            self.close()
            raise failing(FaultCode.SERVICE_DOWN, f"multicast DNS: {type(error).__name__}: {error}") from error
        self._addresses = addresses
        self._begun = time.monotonic()

    def _heard(self, *, zeroconf: Any, service_type: str, name: str, state_change: Any) -> None:
        """Called in the browser's thread for each name that appears, changes or ends."""
        if zeroconf is not self._zeroconf:
            return  # the last word of one that was closed
        if state_change.name == "Removed":
            self._names.pop(name, None)
        else:
            self._names[name] = service_type

    def _service(self, name: str, kind: str, until: float) -> Attached | None:
        """One service; None while its address is not known (it is asked for again at the next listing)."""
        import zeroconf

        info = zeroconf.ServiceInfo(kind, name)
        left = until - time.monotonic()
        if not info.load_from_cache(self._zeroconf) and left > 0:
            info.request(self._zeroconf, left * 1000)
        addresses = sorted(info.parsed_addresses(), key=lambda address: (":" in address, address))
        if not addresses or not info.port:
            return None
        about = {key: clean(value or "") for key, value in info.decoded_properties.items()}
        address = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
        node = f"{address}:{info.port}"
        if kind.startswith("_ipp."):
            node = f"ipp://{node}/{about.get('rp', '').lstrip('/')}"
        return Attached(
            bus=Bus.NETWORK,
            path=clean(name),
            node=node,
            serial=about.get("UUID", ""),
            maker=about.get("usb_MFG", ""),
            model=about.get("usb_MDL", "") or about.get("ty", ""),
            kind=kind.removesuffix(".local."),
        )


def _own_addresses() -> frozenset[str]:
    """The addresses of this machine, which change when a cable is plugged in or a lease ends."""
    import ifaddr

    found = [ip.ip[0] if isinstance(ip.ip, tuple) else ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips]
    return frozenset(address for address in found if not ip_address(address).is_loopback)
