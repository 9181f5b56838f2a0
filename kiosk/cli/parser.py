"""The argument parser in Chinese: argparse writes English of its own, and ends the process where a JSON answer is due."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any, NoReturn, TypeVar

from kiosk.cli.failure import Usage

_MESSAGES: tuple[tuple[str, str], ...] = (
    (r"argument (.+?): invalid choice: (.+?) \(choose from (.+)\)", r"\1：没有 \2，可用的有 \3"),
    (r"argument (.+?): invalid (?:int|float) value: (.+)", r"\1：\2 不是数字"),
    (r"argument (.+?): expected (?:one|at least one) argument", r"\1：后面缺少值"),
    (r"argument (.+?): ignored explicit argument (.+)", r"\1：后面不带值（写了 \2）"),
    (r"argument (.+?): not allowed with argument (.+)", r"\1 和 \2 只能用一个"),
    (r"one of the arguments (.+) is required", r"缺少选项，请给出其中一个：\1"),
    (r"the following arguments are required: (.+)", r"缺少：\1"),
    (r"argument (.+?): (.+)", r"\1：\2"),
)
"""What argparse says (the sources of Python 3.11 to 3.13), and what a person reads."""


class Formatter(argparse.HelpFormatter):
    """Says 用法 where argparse says usage."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """See argparse."""
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """One command. Options are written in full; a mistake is raised as Usage."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": Formatter, "allow_abbrev": False, **options, "add_help": False})
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示这段说明")

    def format_help(self) -> str:
        """See argparse, whose headings end half width."""
        from kiosk.locales.marks import chinese_marks

        return chinese_marks(super().format_help())

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Refuse what is left over here, where it is known which command was meant (argparse leaves it to the outermost)."""
        found, over = super().parse_known_args(args, namespace)
        if over:
            unknown = [word.partition("=")[0] for word in over if word.startswith("-")]
            own = [name for action in self._actions for name in action.option_strings]
            near = [name for word in unknown for name in get_close_matches(word, own, n=1, cutoff=_NEAR)]
            cure = f"可能是 {'、'.join(dict.fromkeys(near))}；" if near else ""
            raise Usage(f"不认识：{' '.join(over)} → {cure}用法见 {self.prog} --help")
        return found, over

    def error(self, message: str) -> NoReturn:
        """Raise Usage instead of ending the process."""
        raise Usage(f"{in_chinese(message)} → 用法见 {self.prog} --help")


_NEAR = 0.5
"""How alike a mistyped option and one that there is must be: --to and --out are."""


def in_chinese(message: str) -> str:
    """Return a message of argparse in Chinese; one that is not known stays as it is."""
    for pattern, text in _MESSAGES:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            return found.expand(text)
    return message


def subcommands(parser: argparse.ArgumentParser, name: str) -> Any:
    """Add the place where a command's own commands are added."""
    return parser.add_subparsers(dest=name, required=True, metavar="COMMAND", title="命令", parser_class=Parser)


def port(text: str) -> int:
    """A TCP port; 0 means any."""
    return _within(int, text, 0, 65535, " 0 到 65535 的整数")


def seconds(text: str) -> float:
    """A waiting time that ends: more than 0 s, a day at most."""
    return _within(float, text, 0.001, 86_400, "大于 0、不超过 86400 的秒数")


N = TypeVar("N", int, float)


def _within(kind: Callable[[str], N], text: str, least: N, most: N, wanted: str) -> N:
    try:
        value = kind(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} 不行，要{wanted}") from None
    if not least <= value <= most:  # also false for nan
        raise argparse.ArgumentTypeError(f"{text} 不行，要{wanted}")
    return value


def count(text: str) -> int:
    """How often: a whole number, a million at most."""
    return _within(int, text, 0, 1_000_000, " 0 到 1000000 的整数")
