"""The systemd units say what the programs rely on."""

from pathlib import Path

import pytest

from kiosk import exits
from kiosk.supervisor import SILENT_S, START_WITHIN_S

UNITS = Path(__file__).parents[2] / "config" / "systemd"
HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "CapabilityBoundingSet": "",
    "SystemCallArchitectures": "native",
    "UMask": "0077",
}


def service(name: str) -> dict[str, str]:
    lines = (UNITS / f"{name}.service").read_text("utf-8").splitlines()
    start = lines.index("[Service]")
    pairs = [line.partition("=") for line in lines[start + 1 :] if "=" in line and line[0] != "#"]
    return {key: value for key, _, value in pairs}


@pytest.mark.parametrize("name", ["bianmin-server", "bianmin-kiosk"])
def test_every_unit_is_hardened_and_always_starts_again(name: str) -> None:
    unit = service(name)
    assert {key: unit.get(key) for key in HARDENED} == HARDENED
    assert unit["Restart"] == "always"
    assert unit["User"] != "root"
    assert unit["StateDirectoryMode"] == "0700"


def test_staff_who_end_the_kiosk_are_heeded_and_signs_of_life_are_heard() -> None:
    unit = service("bianmin-kiosk")
    assert unit["RestartPreventExitStatus"] == str(exits.STAFF)
    assert unit["SuccessExitStatus"].split() == [str(exits.STAFF), str(exits.RESTART)]
    assert (unit["Type"], unit["NotifyAccess"]) == ("notify", "all")
    assert int(unit["WatchdogSec"]) > SILENT_S  # the supervisor is quicker
    assert int(unit["TimeoutStartSec"]) > START_WITHIN_S
    assert " run --supervised --config " in unit["ExecStart"]
    assert "cage -s" not in unit["ExecStart"]  # that would let people change to another console
