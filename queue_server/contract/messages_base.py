"""What every message has in common."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, PlainSerializer, model_validator


def utc_z(moment: datetime) -> str:
    """ISO 8601 with milliseconds and "Z"."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


Utc = Annotated[datetime, PlainSerializer(utc_z, return_type=str, when_used="json")]


class Request(BaseModel):
    """What a client sends: unknown fields are an error, and so are control characters."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_max_length=2000)

    @model_validator(mode="after")
    def _visible(self) -> Self:
        """No text may hold C0, DEL or C1: no database, log or printer is to meet them."""
        for value in self.__dict__.values():
            if isinstance(value, str) and any(c < " " or "\x7f" <= c < "\xa0" for c in value):
                raise ValueError("a text has control characters")
        return self


class Answer(BaseModel):
    """What the server sends: a reader ignores fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore")
