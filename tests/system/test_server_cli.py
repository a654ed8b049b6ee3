"""The verbs of `bianmin-server` on a running demo."""

import asyncio
import csv
import io
from pathlib import Path

import aiomqtt
import httpx
import pytest
from typer.testing import CliRunner

from kiosk.__main__ import app as kiosk
from queue_server.contract.ids import DeviceId, HallId
from queue_server.contract.topics import Topics
from tests.hall_process import HallProcess, run_here

pytestmark = pytest.mark.system


def verb(hall: HallProcess, *words: str) -> str:
    """What a verb that works prints."""
    ended = run_here(*words, "--data", str(hall.data))
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def fails(hall: HallProcess, *words: str) -> str:
    """The one sentence of a verb that does not."""
    ended = run_here(*words, "--data", str(hall.data))
    assert ended.returncode == 1
    (line,) = ended.stderr.strip().splitlines()
    return line.removeprefix("bianmin-server: ")


def sign_in(hall: HallProcess, username: str, password: str) -> httpx.Response:
    login = {"username": username, "password": password}
    return httpx.post(f"{hall.url}/api/v1/session", json=login, timeout=20.0)


def test_an_account_from_its_first_day_to_its_last(demo_hall: HallProcess) -> None:
    line = verb(demo_hall, "user", "add", "wang", "--role", "guide", "--name", "王")
    password = line.split()[-1]
    signed_in = sign_in(demo_hall, "wang", password)
    assert (signed_in.json()["role"], signed_in.json()["display_name"]) == ("guide", "王")
    assert "wang" in verb(demo_hall, "user", "list")
    assert fails(demo_hall, "user", "add", "wang", "--role", "guide")
    other = verb(demo_hall, "user", "password", "wang").split()[-1]
    assert sign_in(demo_hall, "wang", password).status_code == 401
    assert sign_in(demo_hall, "wang", other).status_code == 200
    verb(demo_hall, "user", "remove", "wang")
    assert sign_in(demo_hall, "wang", other).status_code == 401
    assert "wang" not in verb(demo_hall, "user", "list")


def test_an_account_needs_a_role_that_exists(demo_hall: HallProcess) -> None:
    assert "role" in fails(demo_hall, "user", "add", "li", "--role", "emperor")


async def test_a_device_enrols_once_over_http_and_speaks_mqtt_until_it_is_revoked(
    demo_hall: HallProcess,
) -> None:
    line = await asyncio.to_thread(verb, demo_hall, "device", "add", "kiosk-7")
    code = line.split("code ")[1].split(",")[0]
    async with httpx.AsyncClient(base_url=demo_hall.url, timeout=20.0) as http:
        own = (await http.post("/api/v1/devices/enrol", json={"code": code.lower()})).json()
        assert own["device_id"] == own["mqtt_username"] == "kiosk-7"
        again = await http.post("/api/v1/devices/enrol", json={"code": code})
        assert (again.status_code, again.json()["code"]) == (403, "enrolment-refused")
        signed = {"Authorization": f"Bearer {own['token']}"}
        issued = await http.post("/api/v1/tickets", headers=signed, json={"service_id": "B01"})
        assert issued.status_code == 201
        await speaks(own)
        assert "kiosk-7" in await asyncio.to_thread(verb, demo_hall, "device", "list")
        await asyncio.to_thread(verb, demo_hall, "device", "revoke", "kiosk-7")
        refused = await http.post("/api/v1/tickets", headers=signed, json={"service_id": "B01"})
        assert refused.status_code == 401
    with pytest.raises(aiomqtt.MqttError):
        await speaks(own)


async def speaks(own: dict[str, str]) -> None:
    """Sign in to the broker, publish one's own state, and hear the board.

    Raises:
        MqttError: refused.
    """
    host, port = own["mqtt_url"].removeprefix("mqtt://").split(":")
    topics = Topics(HallId(own["hall_id"]))
    async with (
        asyncio.timeout(15),
        aiomqtt.Client(
            host,
            int(port),
            username=own["mqtt_username"],
            password=own["mqtt_password"],
            protocol=aiomqtt.ProtocolVersion.V5,
        ) as client,
    ):
        await client.subscribe(topics.board(), qos=1)
        await client.publish(topics.device_state(DeviceId(own["device_id"])), b"{}", qos=1)
        async for message in client.messages:
            assert message.topic.value == topics.board()
            return


def kiosk_settings(hall: HallProcess, place: Path, device_id: str) -> Path:
    """A new machine's configuration, its secrets still to come."""
    file = place / "kiosk.toml"
    file.write_text(
        f'device_id = "{device_id}"\ndata_dir = "data"\n'
        f'[server]\nurl = "{hall.url}"\ntoken_file = "secrets/token"\n'
        f'[mqtt]\nurl = "{hall.mqtt_url}"\npassword_file = "secrets/mqtt"\n'
    )
    return file


def new_code(hall: HallProcess, device_id: str) -> str:
    return verb(hall, "device", "add", device_id).split("code ")[1].split(",")[0]


def test_a_machine_enrols_itself_by_one_command_and_its_secrets_are_its_own(
    demo_hall: HallProcess, tmp_path: Path
) -> None:
    file = kiosk_settings(demo_hall, tmp_path, "kiosk-8")
    code = new_code(demo_hall, "kiosk-8")
    spaced = f"{code[:4]} {code[4:]}".lower()
    done = CliRunner().invoke(kiosk, ["enrol", "--config", str(file), spaced])
    assert done.exit_code == 0, done.output
    token = tmp_path / "secrets" / "token"
    assert token.stat().st_mode & 0o077 == 0
    assert token.read_text().strip() not in done.output
    assert (tmp_path / "secrets" / "mqtt").read_text().strip()
    signed = {"Authorization": f"Bearer {token.read_text().strip()}"}
    asked = httpx.post(
        f"{demo_hall.url}/api/v1/tickets", headers=signed, json={"service_id": "B01"}
    )
    assert asked.status_code == 201
    again = CliRunner().invoke(kiosk, ["enrol", "--config", str(file), code])
    assert again.exit_code == 1
    assert "wrong, used or too old" in again.output


def test_a_code_for_another_machine_or_nonsense_changes_nothing(
    demo_hall: HallProcess, tmp_path: Path
) -> None:
    file = kiosk_settings(demo_hall, tmp_path, "kiosk-8")
    code = new_code(demo_hall, "kiosk-9")
    for given, sentence in ((code, "This code is for kiosk-9"), ("x", "not an enrolment code")):
        done = CliRunner().invoke(kiosk, ["enrol", "--config", str(file), given])
        assert done.exit_code == 1
        assert sentence in done.output
    assert not (tmp_path / "secrets" / "token").exists()


def test_a_device_s_name_is_checked(demo_hall: HallProcess) -> None:
    assert "device_id" in fails(demo_hall, "device", "add", "Kiosk 7")
    assert fails(demo_hall, "device", "revoke", "nobody") == "There is nothing at this address."


def test_verify_of_a_running_hall_prints_a_line_a_check(demo_hall: HallProcess) -> None:
    lines = verb(demo_hall, "verify").splitlines()
    assert len(lines) > 8
    assert all(line.startswith("ok  ") for line in lines)


def test_export_is_csv_with_a_row_a_leg(demo_hall: HallProcess) -> None:
    signed = {"Authorization": f"Bearer {demo_hall.credentials['kiosk_token']}"}
    asked = {"service_id": "C01"}
    answer = httpx.post(f"{demo_hall.url}/api/v1/tickets", headers=signed, json=asked).json()
    day = answer["business_date"]
    text = verb(demo_hall, "export", "--from", day, "--to", day)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert answer["number"] in {row["number"] for row in rows}
    assert {row["business_date"] for row in rows} == {day}


def test_the_shipped_catalogues_pass_their_lint() -> None:
    for pack in ("cn-township", "plain"):
        assert run_here("catalogue", "lint", pack).returncode == 0
