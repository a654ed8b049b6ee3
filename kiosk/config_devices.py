"""What the configuration says of devices: where each is, and what does not fit in its address."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

DeviceUrl = Annotated[str, Field(pattern=r"^(serial|tcp|usb)://.+")]
ScannerUrl = Annotated[str, Field(pattern=r"^(serial|tcp|hid)://.+")]
KeypadUrl = Annotated[str, Field(pattern=r"^hid://.+")]
CameraUrl = Annotated[str, Field(pattern=r"^(video|http)://.+")]


class Section(BaseModel):
    """A table of the file; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PrinterSection(Section):
    """The ticket printer."""

    url: DeviceUrl
    width_mm: Literal[58, 80] = 80


class DeviceSection(Section):
    """A device that needs nothing but its address."""

    url: DeviceUrl


class ScannerSection(Section):
    """A scanner: on a line, or a keyboard by itself."""

    url: ScannerUrl


class KeypadSection(Section):
    """Keys that can be told apart by touch; what each means stands in the address."""

    url: KeypadUrl


class CameraSection(Section):
    """A camera that reads codes; everything about its picture stands in its address."""

    url: CameraUrl


class PadSection(Section):
    """The clerk's call pad."""

    url: DeviceUrl
    beep: bool = False
    """Sound when one more person waits."""
