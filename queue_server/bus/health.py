"""How the publisher stands, for `/readyz` and the metrics page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class PublisherHealth:
    """How the publisher stands. `detail` is an English sentence for a log or `/readyz`."""

    state: Literal["connected", "down"]
    since: datetime
    detail: str | None = None


@dataclass(slots=True)
class PublisherCounters:
    """Plain counters for the metrics page."""

    connections: int = 0
    crashes: int = 0
    boards: int = 0
    windows: int = 0
    calls: int = 0
    calls_repeated: int = 0
    beats: int = 0
    births: int = 0
