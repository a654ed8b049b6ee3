"""Checks before serving, and the `verify` verb."""

from collections.abc import Callable
from pathlib import Path

from queue_server.config import LOOPBACK, ConfigError, ServerConfig
from queue_server.store.verify import verify as verify_journal


def options(settings: ServerConfig, *, demo: bool, clock: str) -> None:
    """Refuse combinations that would be unsafe or make no sense.

    Raises:
        ConfigError: one sentence.
    """
    if clock not in ("system", "driven"):
        raise ConfigError(f"--clock {clock}: it is system or driven.")
    if clock == "driven" and not demo:
        raise ConfigError("--clock driven is for --demo only: a real hall lives in real time.")
    if demo and settings.http.host not in LOOPBACK:
        raise ConfigError(
            f"--demo listens on this machine only, not on {settings.http.host}: its users are "
            "examples. Leave --demo out for a real hall."
        )


def verify(data: Path, url: str | None, say: Callable[[str], None]) -> bool:
    """Print a line per check; False with the first violation.

    Raises:
        StoreError: there is nothing to check.
    """
    for check in verify_journal(data, url):
        say(f"{'ok  ' if check.ok else 'FAIL'}  {check.name}: {check.sentence}")
        if not check.ok:
            return False
    return True
