"""How often somebody searched for what the catalogue does not have (民之所需): a count, no words.

What was typed is neither kept nor sent nor logged. A file in the kiosk's own directory has one
number a month; `bianmin-kiosk check` shows it.
"""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog

from kiosk.config import KioskConfig

MONTHS_KEPT: Final = 13
FILE: Final = "searches.json"

log = structlog.get_logger(__name__)


class SearchTally:
    """Counts in a file; a full disk costs a count, nothing else.

    Args:
        file: Where it is kept.
        now: The wall clock, in local time.
    """

    def __init__(self, file: Path, now: Callable[[], datetime]) -> None:
        self._file = file
        self._now = now

    def missed(self) -> None:
        """One search more that found nothing."""
        months = self.months()
        month = f"{self._now():%Y-%m}"
        months[month] = months.get(month, 0) + 1
        kept = dict(sorted(months.items())[-MONTHS_KEPT:])
        try:
            beside = self._file.with_suffix(".new")
            beside.write_text(json.dumps(kept), "utf-8")
            beside.replace(self._file)
        except OSError as error:
            log.warning("search_not_counted", reason=str(error))
        else:
            log.info("search_missed", this_month=kept.get(month, 0))

    def months(self) -> dict[str, int]:
        """Searches without a find, by month ("2026-11"); empty where none were counted."""
        try:
            found = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {str(month): n for month, n in found.items() if isinstance(n, int) and n > 0}


def tally(config: KioskConfig) -> SearchTally:
    """The count of this kiosk, by the months of the machine's own time zone."""
    return SearchTally(config.data_dir / FILE, lambda: datetime.now().astimezone())
