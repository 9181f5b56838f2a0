"""Records a device's wire, or tells what is on a tape: `python -m drivers.tapes`.

python -m drivers.tapes serial /dev/ttyUSB0 reader.tape --protocol sdt
python -m drivers.tapes tcp 192.0.2.7 9100 door.tape --protocol modbus --nothing-personal
python -m drivers.tapes look reader.tape
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from drivers.tapes import tape
from drivers.tapes.record import Recorder, SerialRecorder, TcpRecorder
from drivers.tapes.scrub import SCRUBBERS


def main(arguments: list[str] | None = None) -> int:
    """Return 0, or 1 after telling what is wrong."""
    asked = _parser().parse_args(arguments)
    try:
        match asked.what:
            case "look":
                return _look(asked.tape)
            case "serial":
                recorder: Recorder = SerialRecorder(
                    asked.device, asked.tape, protocol=asked.protocol, baud=asked.baud, nothing_personal=asked.nothing_personal
                )  # fmt: skip
                return _record(recorder, f"port={recorder.port}" if isinstance(recorder, SerialRecorder) else "")
            case _:
                recorder = TcpRecorder(
                    asked.host, asked.port, asked.tape, protocol=asked.protocol, nothing_personal=asked.nothing_personal
                )
                return _record(recorder, "host={} port={}".format(*recorder.address))
    except FileExistsError:
        return _told(f"{asked.tape} 已经存在,请换一个文件名。")
    except (OSError, ValueError) as error:
        return _told(str(error))


def _record(recorder: Recorder, address: str) -> int:
    with recorder:
        sys.stdout.write(f"正在录制。请让驱动连接 {address};录完请按回车。\n")
        sys.stdout.flush()
        sys.stdin.readline()
    if recorder.problem is not None:
        return _told(f"录制提前结束:{recorder.problem}")
    sys.stdout.write(f"录了 {recorder.carried} 字节。\n")
    return 0


def _look(file: Path) -> int:
    held = tape.read(file)
    personal = {"scrubbed": "写入前已脱敏", "none": "录制者声明线上没有个人信息"}[held.head.personal_data]
    notes = Counter(entry.note for entry in held.entries if entry.note)
    sys.stdout.write(
        f"协议 {held.head.protocol},{personal},{len(held.entries)} 条,{held.entries[-1].t if held.entries else 0:.1f} 秒\n"
    )
    for note, count in notes.most_common():
        sys.stdout.write(f"  {note}: {count}\n")
    return 0


def _told(problem: str) -> int:
    sys.stderr.write(problem + "\n")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m drivers.tapes", description="录制设备线路(不含个人信息),查看录制内容"
    )
    actions = parser.add_subparsers(dest="what", required=True)
    look = actions.add_parser("look", help="查看一份录制")
    serial = actions.add_parser("serial", help="录制串口设备")
    serial.add_argument("device", help="设备串口,例如 /dev/ttyUSB0")
    tcp = actions.add_parser("tcp", help="录制网络设备")
    tcp.add_argument("host")
    tcp.add_argument("port", type=int)
    for each in (look, serial, tcp):
        each.add_argument("tape", type=Path, help="录制文件;不会覆盖已有的文件")
    for each in (serial, tcp):
        each.add_argument("--protocol", required=True, help=f"协议;能脱敏的有:{'、'.join(SCRUBBERS)}")
        each.add_argument("--nothing-personal", action="store_true", help="声明:这条线上没有个人信息")
    serial.add_argument("--baud", type=int, default=115200)
    return parser


if __name__ == "__main__":
    sys.exit(main())
