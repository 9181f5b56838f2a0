"""`kiosk staff`: who may open maintenance at a machine, and codes by telephone for who is not on its roster."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.cli import staff_card, staff_code
from kiosk.cli.common import add_json, reading_settings, say, say_json
from kiosk.cli.failure import Failure, Usage, why
from kiosk.cli.parser import subcommands

if TYPE_CHECKING:
    from drivers.contract.secret import SecretText
    from kiosk.maintenance.door.roster import Member, Roster

ROLES = {"keeper": "保管员", "technician": "维修员", "administrator": "管理员"}


def add(commands: Any) -> None:
    """Add the subcommand and its own."""
    parser = commands.add_parser("staff", help="谁可以进入维护模式")
    actions = subcommands(parser, "action")
    adding = actions.add_parser("add", help="新增一个人；PIN 在终端输入，或从标准输入读一行")
    add_site(adding)
    adding.add_argument("--role", required=True, choices=tuple(ROLES), help="角色：保管员、维修员、管理员")
    adding.add_argument("--code", metavar="CODE", help="代码，例如 K-0001；不写就给一个没用过的")
    adding.add_argument("--until", type=day, metavar="DATE", help="有效到哪一天（含），例如 2027-12-31；不写就不限期")
    add_json(adding)
    adding.set_defaults(run=run_add)
    listing = actions.add_parser("list", help="名单上有谁")
    add_site(listing)
    add_json(listing)
    listing.set_defaults(run=run_list)
    pin = actions.add_parser("pin", help="重设一个人的 PIN；在终端输入，或从标准输入读一行")
    add_site(pin)
    add_code(pin)
    pin.set_defaults(run=run_pin)
    removing = actions.add_parser("remove", help="把一个人从名单上删掉")
    add_site(removing)
    add_code(removing)
    removing.set_defaults(run=run_remove)
    staff_card.add(actions)
    staff_code.add(actions)


def add_site(parser: argparse.ArgumentParser) -> None:
    """Add `--site`."""
    parser.add_argument(
        "--site", type=Path, required=True, metavar="SITE.toml", help="站点文件，名单由它的 [staff] 指出"
    )


def add_code(parser: argparse.ArgumentParser) -> None:
    """Add the code of somebody who is there."""
    parser.add_argument("code", metavar="CODE", help="这个人的代码，例如 K-0001")


def day(text: str) -> date:
    """A date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} 不是日期，要写成 2027-12-31 这样") from None


def run_add(arguments: argparse.Namespace) -> int:
    """Put somebody on the roster; print the code."""
    from kiosk.maintenance.door.roster import Member
    from kiosk.maintenance.rights import Role

    role, code = Role(arguments.role), ""

    def free(kept: Roster) -> str:
        if arguments.code is not None and kept.by_code(arguments.code) is not None:
            raise Usage(f"{arguments.code}：名单上已有这个代码 → 换一个；要改 PIN，用 kiosk staff pin")
        return arguments.code or kept.free_code(role)

    def with_them(kept: Roster) -> Roster:
        nonlocal code
        code = free(kept)
        return kept.put(Member(code=code, role=role, pin=verifier, valid_until=arguments.until))

    path, roster = opened(arguments.site, may_begin=True)
    free(roster)  # who types a PIN shall not hear of it afterwards
    verifier = _verifier(_asked_pin())
    try:
        changed(path, with_them)
    except ValueError as error:
        raise Usage(f"{code}：{_said(error)}") from None
    if arguments.json:
        say_json({"code": code, "role": role.value, "valid_until": _iso(arguments.until)})
    else:
        say(f"已加入 {ROLES[role.value]} {code}。在机器上输代码的四位数字和 PIN 进入。")
    return 0


def run_list(arguments: argparse.Namespace) -> int:
    """List them: codes and roles, never what they prove themselves with."""
    _, roster = opened(arguments.site)
    if arguments.json:
        rows = [{"code": each.code, "role": each.role.value, "cards": len(each.cards)} for each in roster.member]
        ends = [{"valid_until": _iso(each.valid_until)} for each in roster.member]
        say_json([{**row, **end} for row, end in zip(rows, ends, strict=True)])
        return 0
    for each in roster.member:
        until = f"有效到 {each.valid_until}" if each.valid_until else "不限期"
        say(f"{each.code}  {ROLES[each.role.value]}  卡 {len(each.cards)} 张  {until}")
    if not roster.member:
        say("名单上还没有人 → 用 kiosk staff add 加入第一个人")
    return 0


def run_pin(arguments: argparse.Namespace) -> int:
    """Another PIN."""
    path, roster = opened(arguments.site)
    member = found(roster, arguments.code)
    verifier = _verifier(_asked_pin())
    changed(path, lambda kept: kept.put(found(kept, member.code).model_copy(update={"pin": verifier})))
    say(f"{member.code} 的 PIN 已重设。")
    return 0


def run_remove(arguments: argparse.Namespace) -> int:
    """Take somebody off the roster; their cards go with them."""
    path, roster = opened(arguments.site)
    member = found(roster, arguments.code)
    changed(path, lambda kept: kept.without(found(kept, member.code).code))
    say(f"{member.code} 已从名单上删掉。")
    return 0


# --- what the subcommands share


def opened(site_file: Path, *, may_begin: bool = False) -> tuple[Path, Roster]:
    """Return the site's roster and where it lies; `may_begin`: an empty one where there is no file yet. Raise Usage."""
    from kiosk.maintenance.door.roster import Roster, load_roster
    from kiosk.settings.site import load_site

    with reading_settings():
        path = load_site(site_file).staff.roster
        if path is None:
            raise Usage(f'{site_file}: staff.roster: 没有写名单文件 → 加上 [staff] 一节，写 roster = "staff.toml"')
        if may_begin and not path.exists():
            return path, Roster()
        return path, load_roster(path)


def found(roster: Roster, code: str) -> Member:
    """Return the member. Raise Usage."""
    member = roster.by_code(code)
    if member is None:
        raise Usage(f"{code}：名单上没有这个代码 → 用 kiosk staff list 核对")
    return member


def changed(path: Path, change: Callable[[Roster], Roster]) -> None:
    """Change the roster as it lies there now, and write it: somebody at the screen may have changed it meanwhile. Raise Failure,
    and what `change` raises."""
    from kiosk.maintenance.door.private import Held
    from kiosk.maintenance.door.roster import change_roster
    from kiosk.maintenance.door.rules import rules

    rule = rules().roster
    try:
        for _ in range(rule.writes - 1):
            try:
                change_roster(path, change, may_begin=True)
                return
            except Held:
                time.sleep(rule.apart_seconds)
        change_roster(path, change, may_begin=True)
    except Held:
        raise Failure(f"{path}：另一个程序一直占着名单 → 看看是不是有停住的 kiosk staff，结束它再来一次") from None
    except OSError as error:
        raise Failure(why(error)) from None


def _asked_pin() -> SecretText:
    """Ask for a PIN, twice at a terminal, without showing it; else one line of standard input. Raise Usage for a bad one."""
    from getpass import getpass

    from drivers.contract.secret import SecretText
    from kiosk.maintenance.door.roster import weak
    from kiosk.maintenance.door.rules import rules

    digits = rules().pin.digits
    if sys.stdin.isatty():
        pin = getpass(f"PIN（{digits} 位数字，输入时不显示）：")
        if pin != getpass("再输一次："):
            raise Usage("两次输入的 PIN 不一样 → 重新来一次")
    else:
        pin = sys.stdin.readline().rstrip("\r\n")
    if weak(pin):
        raise Usage(f"PIN 不行 → 要 {digits} 位数字，不能全一样，也不能是 123456 这样连着的")
    return SecretText(pin)


def _verifier(pin: SecretText) -> str:
    from kiosk.maintenance.door import verifier
    from kiosk.maintenance.door.rules import rules

    try:
        return verifier.make(pin, rules().pin.scrypt)
    finally:
        pin.wipe()


def _said(error: ValueError) -> str:
    """What the roster's own check says, without what it was given."""
    import pydantic

    if isinstance(error, pydantic.ValidationError):
        first = error.errors(include_input=False)[0]
        inner = first.get("ctx", {}).get("error")
        return str(inner) if inner is not None else "写法不对 → 一个大写字母（P 除外）、一横、四位数字，例如 K-0001"
    return str(error)


def _iso(until: date | None) -> str | None:
    return until.isoformat() if until is not None else None
