"""Every device type is whole: driver, simulator, codec, page, golden bytes."""

import ast
import importlib
import re
from pathlib import Path

import pytest

from hardware.cli.hints import NOTHING, NOW
from hardware.errors import BadDeviceUrl, UnsupportedTransport
from hardware.registry import (
    REGISTRY,
    DeviceType,
    Settings,
    default_for,
    first_taking,
    sim_options,
    type_for,
    types_named,
)
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


HEADINGS = ("## Connect it", "## Try it", "## Proven here, and how", "## When something is wrong")


@pytest.mark.parametrize("entry", REGISTRY.values(), ids=list(REGISTRY))
def test_the_page_of_a_device_type_answers_the_same_questions(entry: DeviceType) -> None:
    page = (ROOT / "docs" / "devices" / f"{entry.type_id}.md").read_text("utf-8")
    assert [heading for heading in HEADINGS if heading not in page] == []
    assert re.search(f"bianmin-hardware test ({entry.kind}|{entry.type_id}) ", page)
    assert re.search(r"only (a|the) real|tried on", page, re.IGNORECASE)


@pytest.mark.parametrize("entry", REGISTRY.values(), ids=list(REGISTRY))
def test_a_simulator_names_every_setting_it_looks_at(entry: DeviceType) -> None:
    code = (ROOT / "hardware" / "sim" / f"{entry.sim_module}.py").read_text("utf-8")
    looked_at = set(re.findall(r"""options(?:\.get\(|\[)"([a-z_]+)\"""", code))
    assert looked_at <= set(sim_options(entry))


def test_a_person_may_name_a_kind_or_a_type() -> None:
    for entry in REGISTRY.values():
        assert types_named(entry.type_id) == (entry,)
        assert entry in types_named(entry.kind.value)
    with pytest.raises(KeyError):
        types_named("typewriter")


def test_an_address_picks_the_type_that_takes_it() -> None:
    for entry in REGISTRY.values():
        url = parse_url(entry.url_example)
        assert url.scheme in entry.schemes
        assert url.scheme in type_for(entry.kind, url).schemes
    with pytest.raises(BadDeviceUrl):
        first_taking(types_named("camera"), parse_url("tcp://a:1"))


@pytest.mark.parametrize("kind", list(DeviceKind), ids=str)
def test_a_person_is_told_what_to_do_with_every_kind(kind: DeviceKind) -> None:
    assert NOW[kind]
    assert "{seconds}" in NOTHING[kind]


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
