"""What Mosquitto reads, as text."""

import base64
import hashlib
from pathlib import Path

import pytest

from queue_server.bus.address import BrokerAddress
from queue_server.bus.broker import find_mosquitto
from queue_server.bus.broker_files import (
    TlsListener,
    access_list,
    configuration,
    password_file,
    password_hash,
)
from queue_server.bus.broker_home import DISTRIBUTION_PORT, BrokerHome
from queue_server.bus.errors import BrokerError, BrokerMissing
from queue_server.contract.ids import DeviceId, HallId
from tests.unit.bus.rig import HALL, TOPICS


def home(directory: Path) -> BrokerHome:
    return BrokerHome(directory, HALL, display_password=None, lan=None)


def test_a_password_is_kept_as_salted_pbkdf2_sha512() -> None:
    empty, kind, rounds, salt, derived = password_hash("secret", b"0123456789ab").split("$")
    assert (empty, kind) == ("", "7")
    expected = hashlib.pbkdf2_hmac("sha512", b"secret", b"0123456789ab", int(rounds))
    assert base64.b64decode(salt) == b"0123456789ab"
    assert base64.b64decode(derived) == expected


def test_the_password_file_has_one_line_a_user() -> None:
    assert password_file({"b": "$7$y", "a": "$7$x"}) == "a:$7$x\nb:$7$y\n"


def test_only_the_server_may_write_what_people_see() -> None:
    text = access_list(TOPICS, [DeviceId("screen-1")], display=True)
    server, display, device = text.split("\n\n")
    for kind in ("server", "board", "window", "call"):
        assert f"topic readwrite bianmin/1/demo/{kind}/+" in server
        assert f"topic read bianmin/1/demo/{kind}/+" in display
        assert f"topic read bianmin/1/demo/{kind}/+" in device
    assert "write" not in display
    assert [line for line in device.splitlines() if "write" in line] == [
        f"topic write bianmin/1/demo/device/screen-1/{kind}" for kind in ("state", "beat", "ack")
    ]


def test_without_the_demo_there_is_no_shared_user() -> None:
    assert "display" not in access_list(TOPICS, [], display=False)


def test_the_broker_listens_on_loopback_and_refuses_the_nameless() -> None:
    lines = configuration("mosquitto", 40000).splitlines()
    assert "listener 40000 127.0.0.1" in lines
    assert "allow_anonymous false" in lines
    assert "persistence false" in lines
    assert "user mosquitto" in lines
    assert sum(line.startswith("listener") for line in lines) == 1


def test_a_listener_for_other_machines_is_tls() -> None:
    lan = TlsListener("192.0.2.1", 8883, Path("/etc/b/cert.pem"), Path("/etc/b/key.pem"))
    text = configuration("mosquitto", 40000, lan)
    assert "listener 8883 192.0.2.1\n" in text
    assert "certfile /etc/b/cert.pem\nkeyfile /etc/b/key.pem\ntls_version tlsv1.2\n" in text


def test_files_with_secrets_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    place = home(tmp_path / "mqtt")
    place.write_all(40000)
    place.admit(DeviceId("screen-1"))
    files = [path for path in (tmp_path / "mqtt").rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"passwords", "acl", "mosquitto.conf", "devices.json"}
    assert {path.stat().st_mode & 0o077 for path in files} == {0}


def test_a_device_is_remembered_over_a_restart_and_forgotten_when_expelled(tmp_path: Path) -> None:
    first = home(tmp_path / "mqtt")
    first.write_all(40000)
    password = first.admit(DeviceId("screen-1"))
    second = home(tmp_path / "mqtt")
    second.write_all(40000)
    users = (tmp_path / "mqtt/run/passwords").read_text()
    assert "screen-1:$7$" in users
    assert password not in users
    assert second.expel(DeviceId("screen-1"))
    assert not second.expel(DeviceId("screen-1"))
    assert "screen-1" not in (tmp_path / "mqtt/run/passwords").read_text()
    assert "screen-1" not in (tmp_path / "mqtt/run/acl").read_text()


@pytest.mark.parametrize(
    "name", ["server", "display", "a/b", "+", "#", "a b", "", "a\nuser x", "-"]
)
def test_a_device_cannot_take_a_name_that_means_something_else(tmp_path: Path, name: str) -> None:
    place = home(tmp_path / "mqtt")
    place.write_all(40000)
    with pytest.raises(BrokerError):
        place.admit(DeviceId(name))


def test_the_port_of_the_last_run_is_taken_again_while_it_is_free(tmp_path: Path) -> None:
    place = home(tmp_path / "mqtt")
    port = place.choose_port(None)
    place.write_all(port)
    assert place.choose_port(None) == port
    assert port != DISTRIBUTION_PORT


def test_the_distributions_port_is_never_taken_unasked(tmp_path: Path) -> None:
    place = home(tmp_path / "mqtt")
    place.write_all(DISTRIBUTION_PORT)
    assert place.choose_port(None) != DISTRIBUTION_PORT


def test_a_damaged_list_of_devices_is_a_clear_error_and_not_an_empty_list(tmp_path: Path) -> None:
    place = home(tmp_path / "mqtt")
    place.write_all(40000)
    (tmp_path / "mqtt/devices.json").write_text("{")
    with pytest.raises(BrokerError, match="damaged"):
        place.write_all(40000)


def test_without_mosquitto_the_sentence_says_how_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(BrokerMissing, match="apt-get install --no-install-recommends mosquitto"):
        find_mosquitto(str(tmp_path))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mqtt://192.0.2.1:1883", "needs TLS"),
        ("http://127.0.0.1", "not an MQTT address"),
        ("mqtts://user:pw@broker", "file or the environment"),
    ],
)
def test_an_address_that_would_leak_a_password_is_refused(url: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        BrokerAddress.from_url(url, "server", "secret")


def test_an_address_reads_and_writes_itself_and_hides_its_password() -> None:
    address = BrokerAddress.from_url("mqtts://broker.example", "server", "secret")
    assert address.url == "mqtts://broker.example:8883"
    assert "secret" not in repr(address)
    assert BrokerAddress.from_url("mqtt://127.0.0.1", "server", "x").port == 1883


def test_the_hall_is_part_of_every_rule() -> None:
    other = BrokerHome(Path("unused"), HallId("other"), display_password=None, lan=None)
    assert other.account_to_become in {None, "mosquitto", "nobody"}
    rules = [
        line
        for line in access_list(TOPICS, [DeviceId("d")], display=True).splitlines()
        if " " in line
    ]
    assert all("bianmin/1/demo/" in line for line in rules if line.startswith("topic"))
