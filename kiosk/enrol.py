"""`bianmin-kiosk enrol`: trades an enrolment code for this machine's own secrets, once.

The secrets go into the files that the configuration names, readable by their owner only. Those
files are tried before the code is used, because a code is good for one trade.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx
from pydantic import ValidationError

from kiosk.config import ConfigError, KioskConfig
from queue_server.contract import paths
from queue_server.contract.messages import EnrolAnswer, EnrolRequest

ASK_WITHIN_S: Final = 20.0
"""The server's broker reads its users again meanwhile."""


class EnrolError(Exception):
    """The machine is not enrolled; one sentence."""


def enrol(config: KioskConfig, file: Path, code: str, say: Callable[[str], None]) -> None:
    """Enrol this machine.

    Args:
        config: Its configuration.
        file: Where that was read, for messages.
        code: As the device page shows it; spaces do not matter.
        say: Takes what was done, a line each.

    Raises:
        ConfigError: The configuration names no file for a secret.
        EnrolError: The server refuses, does not answer, or knows this machine by another name.
        OSError: A secret cannot be written.
    """
    token_file = config.server.token_file
    if token_file is None:
        raise ConfigError(file, "server.token_file", "name the file this secret is to be kept in.")
    password_file = config.mqtt.password_file if config.mqtt else None
    wanted = [path for path in (token_file, password_file) if path is not None]
    for path in wanted:
        _try(path)
    answer = _trade(config.server.url, "".join(code.split()))
    if answer.device_id != config.device_id:
        raise EnrolError(
            f"This code is for {answer.device_id}, but this machine is {config.device_id} "
            f"({file}). Nothing was kept; make a new code for the right name."
        )
    _keep(token_file, answer.token)
    say(f"{config.device_id} is enrolled in the hall {answer.hall_id}.")
    say(f"token           {token_file}")
    if password_file is not None and answer.mqtt_password:
        _keep(password_file, answer.mqtt_password)
        say(f"broker password {password_file}")
    say(f"broker          {answer.mqtt_url}, user {answer.mqtt_username}")


def _trade(url: str, code: str) -> EnrolAnswer:
    try:
        request = EnrolRequest(code=code)
    except ValidationError:
        raise EnrolError("This is not an enrolment code: it has 8 letters and digits.") from None
    try:
        answer = httpx.post(
            url + paths.ENROL,
            json=request.model_dump(),
            headers={"Accept-Language": "en"},  # as everything else the command line says
            timeout=ASK_WITHIN_S,
        )
    except httpx.HTTPError as error:
        raise EnrolError(f"{url} does not answer ({type(error).__name__}).") from error
    try:
        if answer.is_success:
            return EnrolAnswer.model_validate_json(answer.content)
        said = str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError) as error:
        raise EnrolError(f"{url} is not a hall's server (status {answer.status_code}).") from error
    raise EnrolError(said)


def _try(path: Path) -> None:
    """Make the file's directory, and see that it may be written.

    Raises:
        OSError: It may not.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(path.parent, os.W_OK):
        raise PermissionError(f"{path.parent} may not be written")


def _keep(path: Path, secret: str) -> None:
    """Replace a secret, whole or not at all."""
    draft = path.with_name(path.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(secret + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
