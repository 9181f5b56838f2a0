"""`kiosk staff card`: lay a card on one of the machine's readers and make it somebody's."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Any

from kiosk.cli.common import reading_settings, say
from kiosk.cli.failure import Failure, why
from kiosk.cli.parser import seconds

_DEVICES_SECONDS = 8.0


def add(actions: Any) -> None:
    """Add the subcommand."""
    from kiosk.cli.staff import add_code, add_site

    card = actions.add_parser("card", help="登记一个人的卡（身份证或 IC 卡），或收回")
    add_site(card)
    card.add_argument("--profile", type=Path, metavar="PROFILE.toml", help="机型文件，读卡器由它指出（收回时不用）")
    card.add_argument("--seconds", type=seconds, default=30.0, metavar="S", help="等卡等多久（默认 30 秒）")
    card.add_argument("--withdraw", action="store_true", help="收回这个人所有的卡")
    add_code(card)
    card.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Register or withdraw."""
    from kiosk.cli.failure import Usage
    from kiosk.cli.staff import changed, found, opened
    from kiosk.maintenance.door.roster import MOST_CARDS, Roster

    path, roster = opened(arguments.site)
    member = found(roster, arguments.code)
    if arguments.withdraw:
        changed(path, lambda kept: kept.put(found(kept, member.code).model_copy(update={"cards": ()})))
        say(f"{member.code} 的卡已全部收回。")
        return 0
    if arguments.profile is None:
        raise Usage("缺少选项 --profile → 写上机型文件，读卡器由它指出；只收回卡就加 --withdraw")
    full = f"{member.code} 已有 {MOST_CARDS} 张卡 → 先用 --withdraw 收回"
    if len(member.cards) >= MOST_CARDS:
        raise Failure(full)
    token = _laid(arguments, path)

    def with_it(kept: Roster) -> Roster:
        whose, now = kept.by_card(token), found(kept, member.code)
        if whose is not None:
            raise Failure(f"这张卡已登记给 {whose.code} → 换一张，或先收回")
        if len(now.cards) >= MOST_CARDS:
            raise Failure(full)
        return kept.put(now.model_copy(update={"cards": (*now.cards, token)}))

    changed(path, with_it)
    kind = "能证明自己" if token.startswith("key:") else "只能报号"
    say(f"已登记给 {member.code}（这张卡{kind}），可以拿走了。进入时放卡，再输 PIN。")
    return 0


def _laid(arguments: argparse.Namespace, roster: Path) -> str:
    """Wait for a card; return its token. Raise Failure."""
    from kiosk.journal.opening import JournalError
    from kiosk.journal.sole import sole_user
    from kiosk.maintenance.door.tokens import token_key
    from kiosk.settings.profile import load_profile
    from kiosk.settings.site import load_site

    with reading_settings():
        state, profile = load_site(arguments.site).state_folder, load_profile(arguments.profile)
        try:
            key = token_key(roster, make=True)
        except OSError as error:
            raise Failure(why(error)) from None
    try:
        with sole_user(state):
            return asyncio.run(_present(profile, key, arguments.seconds))
    except JournalError:
        raise Failure(f"{state} 用不了，或机器正在服务 → 先停掉 kiosk，或在屏幕的「人员」里登记") from None


async def _present(profile: Any, key: bytes, patience: float) -> str:
    from kiosk.devices import Devices
    from kiosk.maintenance.door import card

    devices = Devices(profile)
    await devices.start()
    try:
        await devices.settled(_DEVICES_SECONDS)
        if not card.readers(devices):
            raise Failure("没有能用的读卡器 → 用 kiosk device scan 核对，再看机型文件")
        say("请把卡放到读卡处。")
        token = await card.present(devices, key, seconds=patience, trouble=lambda code: say("没有读好，请再放一次。"))
    except card.Copied:
        raise Failure("这张卡是复制品：它有证书，没有对应的钥匙 → 换一张卡，并告诉运营方") from None
    except card.Nameless:
        raise Failure("这种卡没有可以登记的号码 → 换一张身份证、社保卡或 PIV 卡") from None
    finally:
        await devices.stop()
    if token is None:
        raise Failure(f"{patience:g} 秒里没有读到卡 → 放平、放正，再来一次")
    return token
