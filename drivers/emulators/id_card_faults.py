"""What can go wrong between an ID-card reader and its host, as verbs of the emulator."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any


@dataclass
class ActiveFault:
    """`command` restricts it to one command ("3001"), `times` to so many replies; the rest is used by the fault it belongs to."""

    command: str = ""
    times: int | None = None
    seconds: float = 0.0
    every: int = 0
    count: int = 0
    keep: int = 0
    sw3: int = 0
    baud: int = 0


FAULTS: dict[str, str] = {
    "silent": "不回答",
    "slow": "晚 seconds 秒才回答",
    "drop": "每 every 个字节丢一个",
    "garble": "每 every 个字节错一个",
    "noise": "数据包前有 count 个杂乱字节",
    "short": "数据包只有前 keep 个字节",
    "duplicate": "同一数据包发两次",
    "wrong_checksum": "校验字节不对",
    "wrong_length": "长度多说 count 个字节",
    "status": "只回答状态 sw3",
    "fingerprint": "读文字和照片时,连指纹一起回答(30 10 的格式)",
    "lift_early": "正在读时证件被拿走",
    "die_mid_command": "答到一半被拔掉,要 replug 才回来",
    "sam_offline": "安全模块自检失败",
    "baud_mismatch": "阅读器被改成另一速率 baud(只有串口才有)",
}

_DEFAULTS: dict[str, dict[str, Any]] = {
    "slow": {"seconds": 0.5},
    "drop": {"every": 100},
    "garble": {"every": 100},
    "noise": {"count": 50},
    "short": {"keep": 20},
    "wrong_length": {"count": 7},
    "status": {"sw3": 0x41},
    "lift_early": {"command": "3001"},
    "die_mid_command": {"command": "3001"},
    "baud_mismatch": {"baud": 9600},
}


def make(kind: str, arguments: dict[str, Any]) -> ActiveFault:
    """Make a fault from a verb's arguments. Raise LookupError for an unknown kind, TypeError for an argument it does not take."""
    if kind not in FAULTS:
        raise LookupError(f"no fault {kind!r}; there are {', '.join(FAULTS)}")
    known = {"command", "times", *_DEFAULTS.get(kind, {})}
    if set(arguments) - known:
        raise TypeError(f"{kind} takes {', '.join(sorted(known))}")
    return ActiveFault(**{**_DEFAULTS.get(kind, {}), **arguments})


def spoil(name: str, active: ActiveFault, frame: bytes) -> bytes:
    """Return the packet as this fault leaves it."""
    match name:
        case "short":
            return frame[: active.keep]
        case "duplicate":
            return frame + frame
        case "wrong_checksum":
            return frame[:-1] + bytes([frame[-1] ^ 0x01])
        case "wrong_length":
            return frame[:5] + (int.from_bytes(frame[5:7], "big") + active.count).to_bytes(2, "big") + frame[7:]
        case "drop":
            return bytes(byte for at, byte in enumerate(frame, 1) if at % active.every)
        case "garble":
            # Each changed in another way: the packet's XOR does not see an even number of equal changes.
            return bytes(byte if at % active.every else byte ^ (1 + at % 255) for at, byte in enumerate(frame, 1))
        case "noise":
            return random.randbytes(active.count) + frame  # noqa: S311  line noise
    raise LookupError(f"{name} does not change a packet")
