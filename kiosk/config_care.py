"""What the configuration says of a kiosk's own care: rest, night, restart, staff."""

from datetime import time
from pathlib import Path
from typing import Annotated

from pydantic import Field

from kiosk.care_state import Night
from kiosk.config_devices import Section


class CareSection(Section):
    """How a kiosk looks after itself.

    Attributes:
        attract_after_s: So long after the last touch the first screen becomes the attract screen; 0
            for never.
        night: What that screen does well outside the hall's hours: "dim", "black" or "off".
        restart_at: When the program starts anew ("03:30", the hall's time), once nobody is there;
            "" for never.
        staff_code_file: Where `bianmin-kiosk staff-code` writes the hash of the staff code. Without
            one the staff screen cannot be opened.
    """

    attract_after_s: Annotated[int, Field(ge=0, le=3600)] = 90
    night: Night = Night.DIM
    restart_at: Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")] = "03:30"
    staff_code_file: Path | None = None

    @property
    def restart_time(self) -> time | None:
        """`restart_at` as a time of day."""
        return time.fromisoformat(self.restart_at) if self.restart_at else None

    def under(self, directory: Path) -> "CareSection":
        """The same with its file meant from a directory."""
        file = directory / self.staff_code_file if self.staff_code_file else None
        return self.model_copy(update={"staff_code_file": file})
