"""Children for the tests of the link: `python -m link_children WORD`."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from drivers.link.channel import pair
from drivers.link.parent import parent_channel


def main() -> None:
    word = sys.argv[1]
    link = parent_channel()
    match word:
        case "echo":
            while True:
                packet = link.receive()
                assert packet is not None
                link.send(*packet)
                for fd in packet[1]:
                    os.close(fd)
        case "deaf":  # does not hear that the channel is closed
            link.send(b"here")
            time.sleep(60)
        case "quits":
            link.send(b"last words")
            sys.exit(7)
        case "parent":  # starts a child of its own, tells its id, and waits to be killed
            ours, theirs = pair()
            grandchild = subprocess.Popen(
                [sys.executable, "-m", "link_children", "deaf"],
                pass_fds=(theirs.fileno(),),
                env={**os.environ, "KIOSK_CHANNEL_FD": str(theirs.fileno())},
            )
            ours.recv(100)  # it has asked the kernel to die with its parent
            link.send(str(grandchild.pid).encode())
            time.sleep(60)


if __name__ == "__main__":
    main()
