"""`python -m kiosk.sandbox --folder DIR`: fill the folder if it is new, serve until ended."""

from __future__ import annotations

import argparse
import secrets
import signal
import socket
import sys
from pathlib import Path

import uvicorn

from drivers.link.parent import die_with_parent
from kiosk.gateways.enrolment import grouped
from kiosk.sandbox.app import make_app
from kiosk.sandbox.folder import SandboxFolder, write_private
from kiosk.sandbox.launch import control
from kiosk.sandbox.provision import provision
from kiosk.sandbox.wire import CuttableProtocol

_LOOPBACK = "127.0.0.1"  # invented people and fault verbs have no business on a network


def main() -> int:
    """Run the server. The address is written to DIR/address and printed."""
    parser = argparse.ArgumentParser(prog="python -m kiosk.sandbox", description="The embedded platform of the demo.")
    parser.add_argument("--folder", type=Path, required=True, help="where everything of this sandbox lies")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--seed", type=int, help="draws the people of a new folder; by default at random")
    parser.add_argument("--kiosk", default="DEMO-0001", help="id of the kiosk that a new folder is made for")
    parser.add_argument(
        "--new-code",
        metavar="KIOSK",
        help="ask the sandbox that serves this folder for an enrolment code, and print it",
    )
    parser.add_argument("--die-with-parent", action="store_true", help="end when the program that started it ends")
    arguments = parser.parse_args()
    if arguments.die_with_parent:
        die_with_parent()
    folder = SandboxFolder(arguments.folder.resolve())
    if arguments.new_code:
        return _new_code(folder, arguments.new_code)
    if not folder.database.exists():
        seed = secrets.randbits(32) if arguments.seed is None else arguments.seed
        provision(folder, seed=seed, kiosk=arguments.kiosk)
    listener = _listen(arguments.port)
    app = make_app(folder)
    address = f"http://{_LOOPBACK}:{listener.getsockname()[1]}"
    write_private(folder.address, address.encode())
    sys.stdout.write(address + "\n")
    sys.stdout.flush()
    # No access log: it would hold addresses of requests for nothing; the capture is the record.
    # uvicorn ends gracefully and then raises the signal again; as an exit, so that the address file goes too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    config = uvicorn.Config(
        app, http=CuttableProtocol, ws="none", lifespan="off", log_level="warning", access_log=False
    )
    try:
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        folder.address.unlink(missing_ok=True)
    return 0


def _new_code(folder: SandboxFolder, kiosk: str) -> int:
    if not folder.address.exists():
        sys.stderr.write(
            f"no sandbox serves {folder.root}; start it with: python -m kiosk.sandbox --folder {folder.root}\n"
        )
        return 1
    try:
        code = control(folder, "codes", {"kiosk": kiosk})["code"]
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(grouped(code) + "\n")
    return 0


def _listen(port: int) -> socket.socket:
    # The protocol is named because asyncio sets TCP_NODELAY only where it is; without it each reply waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((_LOOPBACK, port))
    listener.listen()
    return listener


if __name__ == "__main__":
    sys.exit(main())
