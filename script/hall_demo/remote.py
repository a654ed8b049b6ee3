"""The control channels of kiosk, displays and simulated devices: one JSON object a line."""

import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from script.hall_demo.processes import DemoError

ANSWER_S = 70.0
POLL_S = 0.1


class Remote:
    """One control socket; connects anew for each question."""

    def __init__(self, name: str, path: Path) -> None:
        """`name` is for sentences."""
        self._name = name
        self._path = path

    def wait_for_socket(self, within_s: float) -> None:
        """Wait until the program listens.

        Raises:
            DemoError: it does not.
        """
        until_s = time.monotonic() + within_s
        while True:
            try:
                with socket.socket(socket.AF_UNIX) as line:
                    line.connect(str(self._path))
                    return
            except OSError as error:
                if time.monotonic() > until_s:
                    raise DemoError(f"{self._name} did not open its control channel") from error
            time.sleep(POLL_S)

    def ask(self, **question: object) -> dict[str, Any]:
        """One question, one answer.

        Raises:
            DemoError: no answer, or a refusal.
        """
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(ANSWER_S)
                line.connect(str(self._path))
                line.sendall(json.dumps(question).encode() + b"\n")
                with line.makefile("rb") as answers:
                    answer: dict[str, Any] = json.loads(answers.readline() or b"{}")
        except (OSError, ValueError) as error:
            raise DemoError(f"{self._name} does not answer: {error}") from error
        if not answer or "error" in answer:
            raise DemoError(f"{self._name}: {question}: {answer.get('error', 'no answer')}")
        return answer

    def look_until(
        self, what: str, found: Callable[[dict[str, Any]], bool], within_s: float
    ) -> dict[str, Any]:
        """Look at the screen until it shows something.

        Raises:
            DemoError: it never did; the sentence has what it showed instead.
        """
        until_s = time.monotonic() + within_s
        while True:
            seen = self.ask(do="look")
            if found(seen):
                return seen
            if time.monotonic() > until_s:
                raise DemoError(f"{self._name} did not show {what}, but: {texts(seen)}")
            time.sleep(POLL_S)


def texts(seen: dict[str, Any]) -> list[str]:
    """The words on a screen."""
    return [str(each["text"]) for each in seen.get("texts", [])]
