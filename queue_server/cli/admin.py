"""Verbs that talk to the running server: users, devices, the catalogue, exports.

They find the server and a token for it in `operator.json` of the data directory, which only the
server's own user can read.
"""

import json
import secrets
import sys
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from queue_server.packs import lint, load_pack, localized, read_lint_rules, shipped_pack
from queue_server.wiring.parts import OPERATOR_FILE

users = typer.Typer(no_args_is_help=True, help="Who may sign in.")
devices = typer.Typer(no_args_is_help=True, help="Kiosks and displays.")
catalogue = typer.Typer(no_args_is_help=True, help="The service items.")
Data = Annotated[Path, typer.Option("--data", help="Data directory of the running server.")]
TIMEOUT_S = 10.0


class AdminError(Exception):
    """What an administrator's command could not do, as one sentence."""


def _call(data: Path, method: str, path: str, body: object = None) -> httpx.Response:
    """One request to the running server.

    Raises:
        AdminError: it does not run, or it refused.
    """
    file = data / OPERATOR_FILE
    try:
        found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise AdminError(f"{data}: no server has been started here ({error}).") from error
    try:
        response = httpx.request(
            method,
            found["url"] + path,
            json=body,
            headers={"Authorization": f"Bearer {found['token']}", "Accept-Language": "en"},
            timeout=TIMEOUT_S,
            verify=False,  # noqa: S501 - the token file proves which server this is; loopback
        )
    except httpx.HTTPError as error:
        raise AdminError(f"The server of {data} does not answer; is it running?") from error
    if response.is_error:
        problem: dict[str, Any] = response.json()
        raise AdminError(problem.get("detail", response.reason_phrase))
    return response


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


@users.command("list")
def list_users(data: Data) -> None:
    """Everyone who may sign in."""
    for row in _call(data, "GET", "/api/v1/accounts").json():
        _say(f"{row['username']:<20} {row['role']:<14} {row['display_name']}")


@users.command("add")
def add_user(
    username: str,
    data: Data,
    role: Annotated[
        str, typer.Option(help="clerk, guide, duty_manager, manager, administrator, auditor")
    ],
    name: Annotated[str, typer.Option(help="As people know them.")] = "",
) -> None:
    """A new account; its password is drawn and shown once."""
    password = secrets.token_urlsafe(9)
    body = {
        "username": username,
        "display_name": name or username,
        "role": role,
        "password": password,
    }
    _call(data, "POST", "/api/v1/accounts", body)
    _say(f"{username}: password {password}")


@users.command("password")
def new_password(username: str, data: Data) -> None:
    """Draw a new password and show it once."""
    password = secrets.token_urlsafe(9)
    _call(data, "PUT", f"/api/v1/accounts/{username}/password", {"password": password})
    _say(f"{username}: password {password}")


@users.command("remove")
def remove_user(username: str, data: Data) -> None:
    """May not sign in any more."""
    _call(data, "DELETE", f"/api/v1/accounts/{username}")
    _say(f"{username} may not sign in any more.")


@devices.command("list")
def list_devices(data: Data) -> None:
    """All devices."""
    for row in _call(data, "GET", "/api/v1/devices").json():
        _say(f"{row['device_id']:<20} {row['kind']}")


@devices.command("add")
def add_device(
    device_id: str,
    data: Data,
    kind: Annotated[str, typer.Option(help="kiosk or display")] = "kiosk",
) -> None:
    """A single-use code; type it into the device within ten minutes."""
    body = {"device_id": device_id, "kind": kind}
    answer = _call(data, "POST", "/api/v1/devices", body).json()
    _say(f"{device_id}: code {answer['code']}, good until {answer['expires_at']}")


@devices.command("revoke")
def revoke_device(device_id: str, data: Data) -> None:
    """Take a device's credentials away."""
    _call(data, "DELETE", f"/api/v1/devices/{device_id}")
    _say(f"{device_id} has no access any more.")


@catalogue.command("lint")
def lint_catalogue(pack: Annotated[str, typer.Argument(help="cn-township or plain")]) -> None:
    """Check a pack's catalogue against its rules; 1 when one of them is broken outright."""
    folder = shipped_pack(pack)
    loaded = load_pack(folder)
    broken = False
    for finding in lint(loaded.catalogue, read_lint_rules(folder, loaded.languages)):
        broken = broken or finding.severity == "error"
        _say(
            f"{finding.severity:<8} {finding.rule:<24} {finding.item:<5} {finding.field}: "
            f"{localized(finding.sentence, 'en')}"
        )
    if broken:
        raise typer.Exit(1)


def export(
    data: Data,
    first: Annotated[str, typer.Option("--from", help="YYYY-MM-DD")],
    last: Annotated[str, typer.Option("--to", help="YYYY-MM-DD")],
) -> None:
    """The tickets of a range of days as CSV, a row per leg, on standard output."""
    path = f"/api/v1/statistics.csv?from={first}&to={last}"
    sys.stdout.write(_call(data, "GET", path).text.removeprefix("\ufeff"))
