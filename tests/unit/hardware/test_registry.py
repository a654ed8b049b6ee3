"""Every device type is whole: driver, simulator, codec, page, golden bytes."""

import ast
import importlib
from pathlib import Path

import pytest

from hardware.errors import BadDeviceUrl, UnsupportedTransport
from hardware.registry import REGISTRY, DeviceType, Settings, default_for
from hardware.roles import DeviceKind
from hardware.transport import parse_url

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("entry", REGISTRY.values(), ids=list(REGISTRY))
def test_a_device_type_has_all_its_files(entry: DeviceType) -> None:
    assert callable(importlib.import_module(f"hardware.drivers.{entry.module}").build)
    assert callable(importlib.import_module(f"hardware.drivers.{entry.module}").trial)
    assert callable(importlib.import_module(f"hardware.sim.{entry.sim_module}").simulate)
    assert (ROOT / "docs" / "devices" / f"{entry.type_id}.md").is_file()
    assert (ROOT / "tests" / "golden" / "devices" / f"{entry.type_id}.json").is_file()
    assert not entry.wire or importlib.import_module(f"hardware.wire.{entry.wire}")


@pytest.mark.parametrize("entry", REGISTRY.values(), ids=list(REGISTRY))
def test_the_example_address_of_a_device_type_is_good_and_opens_nothing(entry: DeviceType) -> None:
    device = entry.build(Settings("d", parse_url(entry.url_example)))
    assert device.health().kind is entry.kind
    assert not device.health().online


@pytest.mark.parametrize("entry", REGISTRY.values(), ids=list(REGISTRY))
def test_a_usb_address_is_taken_by_those_device_types_that_say_so(entry: DeviceType) -> None:
    good = Settings("d", parse_url("usb://0483:5743?serial=A1"))
    if "usb" in entry.schemes:
        assert not entry.build(good).health().online
    else:
        with pytest.raises((UnsupportedTransport, BadDeviceUrl)):
            entry.build(good)
    for wrong in ("usb://1:2", "usb://0483:5743?baud=9600", "usb://0483:5743?port=x"):
        with pytest.raises(BadDeviceUrl):
            entry.build(Settings("d", parse_url(wrong)))


def test_every_kind_has_a_default_type() -> None:
    assert {default_for(kind).kind for kind in DeviceKind} == set(DeviceKind)


@pytest.mark.parametrize(
    "text",
    [
        "serial:///dev/x?profile=nonsense", "serial:///dev/x?framing=tab",
        "serial:///dev/x?gap_ms=soon", "serial:///dev/x?trigger=magic", "video:///dev/video0?width=x",
    ],
)  # fmt: skip
def test_a_wrong_option_is_refused_by_every_driver(text: str) -> None:
    for entry in REGISTRY.values():
        with pytest.raises(BadDeviceUrl):
            entry.build(Settings("d", parse_url(text)))


def imports(package: str) -> dict[str, set[str]]:
    found = {}
    for path in (ROOT / "hardware" / package).glob("*.py"):
        names = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
            elif isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
        found[path.name] = names
    return found


def test_simulators_share_no_codec_with_the_drivers() -> None:
    for name, modules in imports("sim").items():
        wrong = {m for m in modules if m.startswith(("hardware.wire", "hardware.drivers"))}
        assert not wrong, (name, wrong)


def test_codecs_are_pure() -> None:
    impure = {"asyncio", "socket", "threading", "random", "time", "serial", "os", "pathlib"}
    for name, modules in imports("wire").items():
        assert not modules & impure, name
        assert not {m for m in modules if m.startswith(("hardware.drivers", "hardware.sim"))}, name
