"""Messages keep their borders and their descriptors; what is too large, cut, empty or too much harms neither side."""

from __future__ import annotations

import array
import asyncio
import os
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.link import memfd
from drivers.link.async_channel import MAX_WAITING, AsyncChannel
from drivers.link.channel import MAX_FDS, MAX_MESSAGE, Channel, close_all, pair


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.fixture(autouse=True)
def no_descriptor_is_left() -> Iterator[None]:
    before = descriptors()
    yield
    assert descriptors() == before


def raw_send(sock: socket.socket, data: bytes, fds: list[int]) -> None:
    """Send as a peer that keeps no rule."""
    sock.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=3000), max_size=20))
def test_messages_arrive_whole_in_order_and_apart(messages: list[bytes]) -> None:
    left, right = map(Channel, pair())
    for message in messages:
        left.send(message)
    left.close()
    assert [right.receive() for _ in messages] == [(message, []) for message in messages]
    with pytest.raises(EOFError):
        right.receive()
    right.close()


def test_the_largest_message_fits_and_one_byte_more_is_refused_by_the_sender() -> None:
    left, right = map(Channel, pair())
    left.send(b"x" * MAX_MESSAGE)
    assert right.receive() == (b"x" * MAX_MESSAGE, [])
    with pytest.raises(ValueError, match="larger things travel as a memfd"):
        left.send(b"x" * (MAX_MESSAGE + 1))
    left.send(b"next")
    assert right.receive() == (b"next", [])
    left.close()
    right.close()


def test_as_many_descriptors_as_allowed_travel_and_one_more_is_refused_by_the_sender() -> None:
    left, right = map(Channel, pair())
    pages = [memfd.seal(bytes([number])) for number in range(MAX_FDS + 1)]
    left.send(b"pages", pages[:MAX_FDS])
    packet = right.receive()
    assert packet is not None
    assert [memfd.read(fd, limit=1) for fd in packet[1]] == [bytes([number]) for number in range(MAX_FDS)]
    assert not any(os.get_inheritable(fd) for fd in packet[1])
    with pytest.raises(ValueError, match=f"at most {MAX_FDS}"):
        left.send(b"pages", pages)
    close_all([*pages, *packet[1]])
    left.close()
    right.close()


def test_a_timeout_is_no_end() -> None:
    left, right = map(Channel, pair())
    assert right.receive(timeout=0.01) is None
    left.send(b"here")
    assert right.receive(timeout=1) == (b"here", [])
    left.close()
    with pytest.raises(EOFError):
        right.receive(timeout=1)
    right.close()


def test_a_peer_that_is_gone_is_said() -> None:
    left, right = map(Channel, pair())
    right.close()
    with pytest.raises(OSError, match="Broken pipe"):
        left.send(b"anybody?")
    left.close()


@pytest.mark.parametrize(
    ("data", "count"), [(b"x" * (MAX_MESSAGE + 2), 0), (b"pages", MAX_FDS + 1), (b"", 2)], ids=["long", "fds", "empty"]
)
def test_a_peer_that_keeps_no_rule_is_ended_and_leaves_no_descriptor(data: bytes, count: int) -> None:
    async def asynchronous() -> None:
        ours, theirs = pair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * MAX_MESSAGE)
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * MAX_MESSAGE)
        link = AsyncChannel(ours)
        fds = [memfd.seal(b"x") for _ in range(count)]
        raw_send(theirs, data, fds)
        with pytest.raises(EOFError):
            await asyncio.wait_for(link.receive(), 2)
        close_all(fds)
        link.close()
        theirs.close()

    def blocking() -> None:
        ours, theirs = pair()
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * MAX_MESSAGE)
        fds = [memfd.seal(b"x") for _ in range(count)]
        raw_send(theirs, data, fds)
        link = Channel(ours)
        with pytest.raises((EOFError, ConnectionError)):
            link.receive(timeout=2)
        close_all(fds)
        link.close()
        theirs.close()

    asyncio.run(asynchronous())
    blocking()


def test_what_arrived_before_the_end_is_read_before_the_end() -> None:
    async def go() -> None:
        ours, theirs = pair()
        link = AsyncChannel(ours)
        for number in range(5):
            theirs.send(bytes([number + 1]))
        theirs.close()
        await asyncio.sleep(0.02)
        assert [(await link.receive())[0] for _ in range(5)] == [bytes([number + 1]) for number in range(5)]
        with pytest.raises(EOFError):
            await link.receive()
        link.close()

    asyncio.run(go())


def test_a_flood_waits_in_the_peer_and_every_message_arrives() -> None:
    """The core holds MAX_WAITING messages; then the sender blocks, the loop turns, and nothing is lost."""
    total = 5000

    async def go() -> None:
        ours, theirs = pair()
        link = AsyncChannel(ours)
        sent = 0

        def flood() -> None:
            nonlocal sent
            peer = Channel(theirs)
            for number in range(total):
                peer.send(number.to_bytes(4, "big") + bytes(500))
                sent += 1
            peer.close()

        thread = threading.Thread(target=flood)
        thread.start()
        await asyncio.sleep(0.2)
        assert len(link._inbox) <= MAX_WAITING + 1
        assert sent < total, "the sender waits"
        for number in range(total):
            data, _ = await link.receive()
            assert int.from_bytes(data[:4], "big") == number
        with pytest.raises(EOFError):
            await link.receive()
        await asyncio.to_thread(thread.join)
        link.close()

    asyncio.run(go())


def test_a_peer_that_does_not_read_makes_send_raise_and_not_wait() -> None:
    async def go() -> None:
        ours, theirs = pair()
        link = AsyncChannel(ours)
        began = time.monotonic()

        def send_far_too_much() -> None:
            for _ in range(10_000):
                link.send(b"x" * 1000)

        with pytest.raises(BlockingIOError):
            send_far_too_much()
        assert time.monotonic() - began < 1
        link.close()
        theirs.close()

    asyncio.run(go())


def test_closing_closes_the_descriptors_of_unread_messages_and_wakes_the_reader() -> None:
    async def go() -> None:
        ours, theirs = pair()
        link = AsyncChannel(ours)
        fds = [memfd.seal(b"x")]
        raw_send(theirs, b"unread", fds)
        raw_send(theirs, b"unread too", fds)
        await asyncio.sleep(0.02)
        link.close()
        link.close()
        with pytest.raises(EOFError):
            await link.receive()
        close_all(fds)
        theirs.close()

        ours, theirs = pair()
        link = AsyncChannel(ours)
        waiting = asyncio.ensure_future(link.receive())
        await asyncio.sleep(0.01)
        link.close()
        with pytest.raises(EOFError):
            await asyncio.wait_for(waiting, 1)
        theirs.close()

    asyncio.run(go())
