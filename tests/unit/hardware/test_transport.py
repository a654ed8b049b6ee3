"""Addresses, and lines that block, hang up or are taken."""

import asyncio
import os
import socket
import tty
from collections.abc import Iterator

import pytest

from hardware.errors import (
    BadDeviceUrl,
    DeviceBusy,
    HardwareError,
    TimedOut,
    Unavailable,
    UnsupportedTransport,
)
from hardware.link import FdLink
from hardware.transport import OR_USB, check_stream_url, open_link, parse_url


@pytest.mark.parametrize(
    "text",
    [
        "", "nonsense", "serial://", "serial://host/dev/ttyS0", "tcp://host", "tcp://:9100",
        "tcp://host:99999", "tcp://host:9100/path", "ftp://host:21", "tcp://host:x",
        "serial:///dev/ttyS0?baud", "serial:///dev/ttyS0?baud=9601",
        "serial:///dev/ttyS0?baud=١", "serial:///dev/ttyS0?speed=9600", "tcp://host:1?baud=9600",
    ],
)  # fmt: skip
def test_a_wrong_address_is_refused(text: str) -> None:
    with pytest.raises(BadDeviceUrl):
        check_stream_url(parse_url(text))


def test_usb_is_refused_with_its_own_sentence_where_no_such_device_is_sold() -> None:
    url = parse_url("usb://0483:5e43?serial=A")
    with pytest.raises(UnsupportedTransport):
        check_stream_url(url)
    check_stream_url(url, schemes=OR_USB)


@pytest.mark.parametrize("text", ["usb://", "usb://0483", "usb://04835743", "usb://x483:5743"])
def test_a_wrong_usb_address_is_refused(text: str) -> None:
    with pytest.raises(BadDeviceUrl):
        check_stream_url(parse_url(text), schemes=OR_USB)


def test_a_serial_address_gives_port_and_speed() -> None:
    url = parse_url("serial:///dev/ttyUSB0?baud=115200&parity=E")
    assert (url.path, url.baud_bd, url.options["parity"]) == ("/dev/ttyUSB0", 115200, "E")
    assert parse_url("serial:///dev/ttyUSB0").baud_bd == 9600


@pytest.fixture
def pair() -> Iterator[tuple[int, str]]:
    near, far = os.openpty()
    tty.setraw(far)
    open_fds = {near, far}
    try:
        yield near, os.ttyname(far)
    finally:
        for fd in open_fds:
            try:
                os.close(fd)
            except OSError:
                continue


async def test_a_serial_line_carries_all_bytes_both_ways(pair: tuple[int, str]) -> None:
    near, name = pair
    link = await open_link(parse_url(f"serial://{name}?baud=115200"))
    every = bytes(range(256))
    await link.write(every)
    assert os.read(near, 300) == every
    os.write(near, every)
    assert await link.read() == every
    assert link.written_bytes == 256
    await link.close()


async def test_a_second_program_finds_the_line_busy(pair: tuple[int, str]) -> None:
    link = await open_link(parse_url(f"serial://{pair[1]}"))
    with pytest.raises(DeviceBusy):
        await open_link(parse_url(f"serial://{pair[1]}"))
    await link.close()
    again = await open_link(parse_url(f"serial://{pair[1]}"))
    await again.close()


async def test_a_line_nobody_reads_times_out_and_says_how_far_it_came(
    pair: tuple[int, str],
) -> None:
    first = await open_link(parse_url(f"serial://{pair[1]}"))
    assert isinstance(first, FdLink)
    fd = os.dup(first._fd)
    await first.close()
    link = FdLink(fd, lambda: os.close(fd), stall_s=0.1)
    with pytest.raises(TimedOut):
        await link.write(bytes(100_000))
    assert 0 < link.written_bytes < 100_000
    await link.close()


async def test_pulling_the_cable_ends_a_waiting_read(pair: tuple[int, str]) -> None:
    near, name = pair
    link = await open_link(parse_url(f"serial://{name}"))
    reading = asyncio.create_task(link.read())
    await asyncio.sleep(0)
    os.close(near)
    with pytest.raises(Unavailable):
        await reading
    with pytest.raises(Unavailable):
        await link.write(b"x")
    await link.close()


async def test_closing_ends_a_waiting_read(pair: tuple[int, str]) -> None:
    link = await open_link(parse_url(f"serial://{pair[1]}"))
    reading = asyncio.create_task(link.read())
    await asyncio.sleep(0)
    await link.close()
    with pytest.raises(Unavailable):
        await reading
    await link.close()


async def test_an_absent_port_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        await open_link(parse_url("serial:///dev/nothing-here"))


async def test_a_closed_tcp_port_is_unavailable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Unavailable):
        await open_link(parse_url(f"tcp://127.0.0.1:{port}"))


async def test_a_tcp_peer_that_resets_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        link = await open_link(parse_url(f"tcp://127.0.0.1:{server.getsockname()[1]}"))
        peer, _ = server.accept()
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        peer.close()
        with pytest.raises(HardwareError):
            await link.read()
        await link.close()


async def test_input_can_be_discarded_until_the_line_is_quiet(pair: tuple[int, str]) -> None:
    near, name = pair
    link = await open_link(parse_url(f"serial://{name}"))
    os.write(near, b"old")
    assert await link.discard_input() == 3
    await link.close()
