"""Print queues of CUPS, by its own operation CUPS-Get-Printers (https://www.cups.org/doc/spec-ipp.html).

path is the queue's name, node its ipp URI on the server that was asked; kind is the scheme of what lies behind it ("usb", "ipp",
"socket", "dnssd"), serial the number in that address ("usb://HP/LaserJet?serial=X"), where it has one.
"""

from __future__ import annotations

import http.client
import time
from urllib.parse import parse_qs, quote, unquote, urlsplit

from drivers.a4_printer import ipp_codec
from drivers.a4_printer.ipp_codec import Attributes, Group, Tag
from drivers.buses.sysfs import clean
from drivers.contract.bus import Attached, Bus
from drivers.contract.faults import FaultCode, failing

SERVER = "ipp://localhost:631"
_PORT = 631

_GET_PRINTERS = 0x4002
_NOT_FOUND = 0x0406
"""client-error-not-found: CUPS's answer when it has no queue at all."""

_DENIED_STATUS = (0x0401, 0x0402, 0x0403)  # forbidden, not authenticated, not authorized (RFC 8011 B.1.4)
_DENIED_HTTP = (401, 403)
_ATTRIBUTES = ("printer-name", "printer-make-and-model", "device-uri", "printer-type")
_CLASS = 0x0001
"""Bit of printer-type: a group of queues, which is no printer (CUPS_PRINTER_CLASS)."""

_SECONDS = 8.0
"""For one answer. CUPS looks for printers while it answers and takes 4 to 15 s at worst; past this it is asked again later."""

_MAX_REPLY = 4 * 1024 * 1024
_CHUNK = 64 * 1024


def attached(server: str = SERVER) -> tuple[Attached, ...]:
    """List the queues of a server.

    Raise DeviceFault: SERVICE_DOWN (nobody listens, or it ended), PORT_DENIED, LINK_SILENT (no whole answer in time), LINK_GARBLED.
    """
    parts = urlsplit(server)
    place = (parts.hostname or "localhost", parts.port or _PORT)
    reply = ipp_codec.decode(_post(place, _request()))
    if reply.status == _NOT_FOUND:
        return ()
    if reply.status in _DENIED_STATUS:
        raise failing(FaultCode.PORT_DENIED, f"cups: status {reply.status:#06x}")
    if reply.status >= 0x0100:
        raise failing(FaultCode.LINK_GARBLED, f"cups: status {reply.status:#06x}")
    queues = (_queue(attributes, place) for tag, attributes in reply.groups if tag == Group.PRINTER)
    return tuple(queue for queue in queues if queue is not None)


def _request() -> bytes:
    lines: list[ipp_codec.Line] = [
        (Tag.CHARSET, "attributes-charset", "utf-8"),
        (Tag.LANGUAGE, "attributes-natural-language", "en"),
        (Tag.KEYWORD, "requested-attributes", _ATTRIBUTES),
    ]
    return ipp_codec.encode(_GET_PRINTERS, 1, [(Group.OPERATION, lines)])


def _post(place: tuple[str, int], body: bytes) -> bytes:
    """One exchange; http.client knows nothing of proxies."""
    deadline = time.monotonic() + _SECONDS
    connection = http.client.HTTPConnection(*place, timeout=_SECONDS)
    try:
        try:
            connection.connect()
        except OSError as error:
            raise failing(FaultCode.SERVICE_DOWN, f"cups at {place[0]}:{place[1]}: {type(error).__name__}") from error
        connection.request("POST", "/", body, {"Content-Type": "application/ipp", "Connection": "close"})
        reply = connection.getresponse()
        if reply.status != 200:
            code = FaultCode.PORT_DENIED if reply.status in _DENIED_HTTP else FaultCode.LINK_GARBLED
            raise failing(code, f"cups: HTTP {reply.status}")
        content = bytearray()
        while chunk := reply.read1(_CHUNK):
            content += chunk
            if len(content) > _MAX_REPLY or time.monotonic() > deadline:
                raise failing(FaultCode.LINK_SILENT, "cups: no whole answer in time")
        return bytes(content)
    except TimeoutError as error:
        raise failing(FaultCode.LINK_SILENT, "cups: no answer in time") from error
    except OSError as error:
        raise failing(FaultCode.SERVICE_DOWN, f"cups: {type(error).__name__}") from error  # it ended while it was asked
    except http.client.HTTPException as error:
        raise failing(FaultCode.LINK_GARBLED, f"cups: {type(error).__name__}") from error
    finally:
        connection.close()


def _queue(attributes: Attributes, place: tuple[str, int]) -> Attached | None:
    name = _word(attributes, "printer-name")
    if not name or (attributes.integer("printer-type") or 0) & _CLASS:
        return None
    behind = _word(attributes, "device-uri")
    scheme, _, rest = behind.partition(":")
    maker = unquote(rest.removeprefix("//").partition("/")[0]) if scheme == "usb" else ""
    host = f"[{place[0]}]" if ":" in place[0] else place[0]
    return Attached(
        bus=Bus.IPP,
        path=clean(name),
        node=f"ipp://{host}:{place[1]}/printers/{quote(name)}",
        serial=clean(parse_qs(rest.partition("?")[2]).get("serial", [""])[0]),
        maker=clean(maker),
        model=clean(_word(attributes, "printer-make-and-model")),
        kind=clean(scheme),
    )


def _word(attributes: Attributes, name: str) -> str:
    value = next(iter(attributes.get(name, ())), "")
    return value if isinstance(value, str) else ""
