"""What the bench says when a device, a driver's settings, or a driver's own code is at fault."""

from __future__ import annotations

import importlib.util
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.cli.common import say_json
from kiosk.cli.failure import Exit, Failure

if TYPE_CHECKING:
    from drivers.contract.faults import DeviceFault

_PLACES = 3


class DriverDefect(Failure):
    """Code of another's driver package raised what no driver may raise."""

    code = Exit.DEFECT


@contextmanager
def blaming(driver_id: str) -> Iterator[None]:
    """Tell a defect that lies inside a driver's own package as that package's. One in a bundled driver is ours, and passes.

    Only type and places are told: the text of an exception may quote what was read from a card.
    """
    try:
        yield
    except Exception as error:
        folder = _folder(driver_id)
        places = [
            f"{Path(frame.filename).name}:{frame.lineno}"
            for frame in traceback.extract_tb(error.__traceback__)
            if folder is not None and folder in Path(frame.filename).resolve().parents
        ]
        if not places:
            raise
        raise DriverDefect(
            f"驱动 {driver_id}（程序包 {_package(driver_id)}）自身有缺陷：{type(error).__name__}"
            f"（{' > '.join(places[-_PLACES:])}）→ 请把这一行和所用的命令发给这个驱动的维护者"
        ) from error


def _top(driver_id: str) -> str:
    from drivers import registry

    manifest = registry.manifests().get(driver_id)
    return manifest.entry.partition(":")[0].partition(".")[0] if manifest is not None else ""


def _folder(driver_id: str) -> Path | None:
    """The folder of the package that a driver came with; None for ours."""
    top = _top(driver_id)
    spec = importlib.util.find_spec(top) if top not in ("", "drivers") else None
    if spec is None or spec.origin is None or spec.submodule_search_locations is None:
        return None
    return Path(spec.origin).resolve().parent


def _package(driver_id: str) -> str:
    """Name and version under which pip knows it; the module's name where pip does not."""
    from drivers import registry

    top = _top(driver_id)
    for point in entry_points(group=registry.GROUP):
        if point.module.partition(".")[0] == top and point.dist is not None:
            return f"{point.dist.name} {point.dist.version}"
    return top


def told(driver_id: str, error: DeviceFault, *, as_json: bool) -> int:
    """Tell a fault in the catalogue's words, and what driver or device said of it. Raise Failure, or print JSON and return 1."""
    from drivers.contract.faults import FaultCode, catalogue
    from kiosk.locales.marks import chinese_marks

    code, detail = error.fault.code.value, error.fault.detail
    cause, cure = chinese_marks(catalogue()[error.fault.code].cause), chinese_marks(catalogue()[error.fault.code].cure)
    if error.fault.code is FaultCode.SETTING_INVALID and (known := setting_lines(driver_id)):
        cure = "\n    ".join(["用 --set KEY=VALUE 写对这个驱动的设置：", *known])
    if as_json:
        say_json({"fault": code, "detail": detail, "cause": cause, "cure": cure})
        return 1
    raise Failure(f"{code}：{cause}" + (f"（{detail}）" if detail else "") + f" → {cure}")


def setting_lines(driver_id: str) -> list[str]:
    """A driver's settings, one a line: name, kind of value, default. None for a driver that cannot be loaded."""
    import msgspec

    from drivers import registry
    from drivers.contract.faults import DeviceFault

    try:
        fields = msgspec.structs.fields(registry.load(driver_id).Settings)
    except DeviceFault:
        return []
    fields = tuple(sorted(fields, key=lambda field: not field.required))
    return [f"{each.encode_name}  {_kind(each.type)}  {_default(each)}" for each in fields]


def _default(field: Any) -> str:
    import msgspec

    if field.required:
        return "必填"
    value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    return "默认不写" if value is None else f"默认 {_toml(value)}"


def _toml(value: Any) -> str:
    """A value as `--set` takes it."""
    import msgspec

    plain = msgspec.to_builtins(value)
    return msgspec.json.encode(plain).decode() if plain != "" else '""'


def _kind(of: Any) -> str:
    """The kind of value that a setting takes, in a word or two, with its limits."""
    import msgspec.inspect as inspect

    kind = inspect.type_info(of) if not isinstance(of, inspect.Type) else of
    match kind:
        case inspect.StrType():
            return "文字"
        case inspect.BoolType():
            return "true 或 false"
        case inspect.IntType():
            return "整数" + _limits(kind)
        case inspect.FloatType():
            return "小数" + _limits(kind)
        case inspect.LiteralType():
            return " | ".join(map(str, kind.values))
        case inspect.EnumType():
            return " | ".join(str(each.value) for each in kind.cls)
        case inspect.UnionType():
            return " 或 ".join(_kind(each) for each in kind.types if not isinstance(each, inspect.NoneType))
        case inspect.VarTupleType() | inspect.ListType():
            return f"数组，每项：{_kind(kind.item_type)}"
        case inspect.TupleType():
            return f"数组，{len(kind.item_types)} 项"
        case _:
            return "表"


def _limits(kind: Any) -> str:
    told = [(kind.ge, "≥"), (kind.gt, ">"), (kind.le, "≤"), (kind.lt, "<")]
    words = " ".join(f"{sign}{limit:g}" for limit, sign in told if limit is not None)
    return f"（{words}）" if words else ""
