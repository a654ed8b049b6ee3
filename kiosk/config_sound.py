"""What the configuration says of loudspeakers and headphones."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from hardware.volume import volume_of


def _known_volume(setting: int | dict[str, int]) -> int | dict[str, int]:
    """A validator for volumes."""
    volume_of(setting)
    return setting


SoundUrl = Annotated[str, Field(pattern=r"^alsa://.+")]
Loudness = Annotated[int | dict[str, int], AfterValidator(_known_volume)]


class SpeakerSection(BaseModel):
    """A loudspeaker, or one person's headphones.

    Attributes:
        url: Which sound device.
        speech: False: the chime alone.
        volume: 0 to 100, or from which time of day how much: {"08:30": 80, "18:00": 0}.
        languages: What is spoken, in this order; the hall's languages where none is named.
        reading: How digits are read ("yao": 幺 for 1; "plain"); the bank's own way where empty.
        sounds: Folder of the hall's own sounds (docs/voice.md).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: SoundUrl
    speech: bool = True
    volume: Loudness = 100
    languages: tuple[str, ...] = ()
    reading: str = ""
    sounds: Path | None = None

    def under(self, directory: Path) -> "SpeakerSection":
        """The same with the folder meant from a directory."""
        sounds = directory / self.sounds if self.sounds else None
        return self.model_copy(update={"sounds": sounds})
