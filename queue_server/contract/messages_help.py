"""A call for somebody to come to a kiosk: asked, answered, over. It names no citizen."""

from enum import StrEnum
from typing import Literal

from queue_server.contract.messages_base import Answer, Request, Utc


class HelpState(StrEnum):
    """What has become of a call."""

    OPEN = "open"
    ANSWERED = "answered"
    ENDED = "ended"


class HelpEnd(StrEnum):
    """How a call ended."""

    HELPED = "helped"
    NOBODY_THERE = "nobody_there"
    WITHDRAWN = "withdrawn"
    DAY_OVER = "day_over"


class HelpAnswer(Answer):
    """`POST /api/v1/help` and `GET /api/v1/help/{id}`: for the kiosk that called.

    `late`: nobody answered for longer than the hall allows; the manager page shows it.
    """

    help_id: str
    state: HelpState
    late: bool
    asked_at: Utc
    answered_at: Utc | None = None


class HelpCall(HelpAnswer):
    """One open call, for staff. `place` is where the kiosk stands, as its settings say."""

    device_id: str
    place: str
    answered_by: str | None = None


class HelpCalls(Answer):
    """`GET /api/v1/help`: calls that are not over, the oldest first.

    One that nobody answered for `alert_after_s` is an alert.
    """

    epoch: int
    rev: int
    calls: list[HelpCall]
    alert_after_s: int
    at: Utc


class HelpEndRequest(Request):
    """`POST /api/v1/help/{id}/end`."""

    how: Literal["helped", "nobody_there"] = "helped"
