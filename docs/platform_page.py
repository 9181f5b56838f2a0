"""Draws platform.md from the interface's own text and types, so that the two cannot differ."""

from __future__ import annotations

import importlib
import inspect
import re
import types
import typing
from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from typing import Any

import msgspec

from drivers.contract.secret import SecretBytes, SecretText
from kiosk.gateways import interface, signing

_ROW = re.compile(r"^ +POST (?P<path>/\S+) +(?P<request>\w+) → (?P<reply>\w+) +(?P<file>\w+)\.py$", re.MULTILINE)
_WORDS = {str: "text", int: "number", bool: "true or false", float: "number", datetime: "time, RFC 3339 with zone"}
_SECRETS = {SecretText: "text, personal", SecretBytes: "base64, personal"}


def page(notice: str) -> str:
    """Return the whole page."""
    before, _, _ = inspect.cleandoc(interface.__doc__ or "").partition("\nEndpoints")
    text = f"# The interface of a platform\n\n{notice}\n"
    text += _prose(before).replace("\n## Once only", f"\n{_signature()}\n## Once only")
    text += "\n## Status\n\n| number | name |\n|---|---|\n"
    text += "".join(f"| {status.value} | {status.name} |\n" for status in interface.Status)
    text += "\n## Endpoints\n"
    shown: set[type] = set()
    for row in _ROW.finditer(interface.__doc__ or ""):
        module = importlib.import_module(f"kiosk.gateways.{row['file']}")
        request, reply = getattr(module, row["request"]), getattr(module, row["reply"])
        text += f"\n### POST {row['path']}\n\n`{row['request']}` → `{row['reply']}`; "
        text += _facts(interface.ENDPOINTS[row["path"]]) + "\n"
        for kind in (request, reply, *_inside(request), *_inside(reply)):
            if kind not in shown:
                shown.add(kind)
                text += _struct(kind)
    return text


def paths() -> list[str]:
    """Return the paths that the interface's text lists."""
    return [row["path"] for row in _ROW.finditer(interface.__doc__ or "")]


def _prose(text: str) -> str:
    """Lines that stand alone at the margin are headings; what is indented under them is their text."""
    lines = []
    for line in text.splitlines():
        heading = re.fullmatch(r"[A-Z][a-z ]+", line)
        indented = re.sub(r"^    ", "", line)
        lines.append(f"## {line}\n" if heading else indented)
    return "\n".join(lines).strip() + "\n"


def _signature() -> str:
    minutes = int(signing.TOLERANCE.total_seconds() // 60)
    return (
        "    text = POST \\n path \\n date header \\n hex SHA-256 of the body \\n kiosk id\n"
        "    signature = hex HMAC-SHA256(secret, text)\n\n"
        f"Headers: `{signing.KIOSK_HEADER}`, `{signing.DATE_HEADER}` (RFC 1123), `{signing.DIGEST_HEADER}`,"
        f" `{signing.SIGNATURE_HEADER}`. The two clocks may be {minutes} minutes apart.\n"
    )


def _facts(endpoint: interface.Endpoint) -> str:
    facts = ["signed" if endpoint.signed else "not signed", "has an effect" if endpoint.effect else "only reads"]
    facts.append("may be sent again" if endpoint.repeatable else "**must not be sent again blindly**")
    return ", ".join(facts) + "."


def _struct(kind: type) -> str:
    text = f"\n`{kind.__name__}`: {' '.join(inspect.cleandoc(kind.__doc__ or '').split())}\n\n"
    fields = msgspec.structs.fields(kind)
    if not fields:
        return text + "No fields: `{}`.\n"
    text += "| field | type | default |\n|---|---|---|\n"
    hints = typing.get_type_hints(kind)
    for field in fields:
        text += f"| `{field.encode_name}` | {_word(hints[field.name])} | {_default(field)} |\n"
    return text


def _default(field: Any) -> str:
    if field.default is not msgspec.NODEFAULT:
        return f"`{msgspec.json.encode(field.default).decode()}`"
    return (
        ""
        if field.default_factory is msgspec.NODEFAULT
        else f"`{msgspec.json.encode(field.default_factory()).decode()}`"
    )


def _word(kind: Any) -> str:
    arguments = [each for each in typing.get_args(kind) if each is not Ellipsis]
    origin = typing.get_origin(kind)
    if origin is tuple:
        return f"list of {_word(arguments[0])}"
    if origin is dict:
        return f"object, {_word(arguments[0])} to {_word(arguments[1])}"
    if origin in (types.UnionType, typing.Union):
        return " or ".join("null" if each is type(None) else _word(each) for each in arguments)
    if issubclass(kind, Enum):
        return " · ".join(f"`{each.value}`" for each in kind)
    return _SECRETS.get(kind) or _WORDS.get(kind) or f"`{kind.__name__}`"


def _inside(kind: type) -> Iterator[type]:
    """The structs that a struct is made of."""
    for hint in typing.get_type_hints(kind).values():
        for each in (hint, *typing.get_args(hint)):
            if isinstance(each, type) and issubclass(each, msgspec.Struct):
                yield each
                yield from _inside(each)
