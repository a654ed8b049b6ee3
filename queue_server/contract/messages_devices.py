"""Devices and refusals."""

from typing import Annotated

from pydantic import Field

from queue_server.contract.messages_base import Answer, Request


class EnrolRequest(Request):
    """`POST /api/v1/devices/enrol`: a single-use code for a token."""

    code: Annotated[str, Field(min_length=8, max_length=16)]


class EnrolAnswer(Answer):
    """A device's own credentials, shown once."""

    device_id: str
    hall_id: str
    token: str
    mqtt_url: str
    mqtt_username: str
    mqtt_password: str


class ProblemAnswer(Answer):
    """`application/problem+json` (RFC 9457) with our stable `code`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    params: dict[str, str] = Field(default_factory=dict)
