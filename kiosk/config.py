"""What a kiosk or a display is told by its TOML file, its environment and its secret files.

One shape serves `bianmin-kiosk run`, `display` and `window`. Unknown keys are refused. A setting
may be overridden by the environment (`BIANMIN_KIOSK_SERVER__URL`). Secrets never stand in the
file: the file names a file that holds them, or the environment has them.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from kiosk.comfort import BOTTOM_MM
from kiosk.config_care import CareSection
from kiosk.config_devices import (
    CameraSection,
    DeviceSection,
    KeypadSection,
    PadSection,
    PrinterSection,
    ScannerSection,
    Section,
)
from kiosk.config_sound import SpeakerSection
from queue_server.contract.ids import DEVICE_PATTERN, WINDOW_PATTERN
from queue_server.contract.topics import DEFAULT_ZONE

ENV_PREFIX: Final = "BIANMIN_KIOSK_"
TOKEN_ENV: Final = "BIANMIN_KIOSK_TOKEN"  # noqa: S105 - the name of a variable, not a secret
MQTT_PASSWORD_ENV: Final = "BIANMIN_MQTT_PASSWORD"  # noqa: S105 - likewise
SECRET_KEYS: Final = {"token": "token_file", "password": "password_file"}


class ConfigError(Exception):
    """The configuration cannot be used.

    Attributes:
        file: The file it is about, as given.
        key: The setting, dotted ("server.url"); empty when it is the file as a whole.
        reason: One sentence.
    """

    def __init__(self, file: Path, key: str, reason: str) -> None:
        super().__init__(f"{file}: {key}: {reason}" if key else f"{file}: {reason}")
        self.file = file
        self.key = key
        self.reason = reason


def _scheme_of(*schemes: str) -> Any:  # noqa: ANN401 - the type of a validator is pydantic's
    """A validator for addresses of the given schemes."""

    def check(value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in schemes or not parts.hostname:
            raise ValueError(f"write it as {schemes[0]}://host:port")
        return value.rstrip("/")

    return AfterValidator(check)


def _known_zone(name: str) -> str:
    """A validator for names of time zones."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("write it as Asia/Shanghai") from None
    return name


def _number(value: object) -> object:
    """The environment has texts only; what is no number is left to the next check."""
    return int(value) if isinstance(value, str) and value.strip().isdecimal() else value


HttpUrl = Annotated[str, _scheme_of("http", "https")]
MqttUrl = Annotated[str, _scheme_of("mqtt", "mqtts")]


class ServerSection(Section):
    """The hall's server."""

    url: HttpUrl
    token_file: Path | None = None


class MqttSection(Section):
    """The hall's broker; without this table the device is not seen in the manager's list."""

    url: MqttUrl
    username: str | None = None
    password_file: Path | None = None
    hall_id: str | None = None
    """Needed only where the catalogue cannot be asked for it (displays)."""


class ScreenSection(Section):
    """The panel."""

    width_px: Annotated[int, Field(ge=320, le=7680)] = 1080
    height_px: Annotated[int, Field(ge=320, le=7680)] = 1920
    fullscreen: bool = True
    offscreen: bool = False
    """Draw in memory: for tests and for a demo without a screen."""
    rotation_deg: Annotated[Literal[0, 90, 180, 270], BeforeValidator(_number)] = 0
    show_cursor: bool = False
    diagonal_in: Annotated[float, Field(ge=5, le=100)] | None = None
    """Of the panel, in inches; by default that of a common panel of this shape."""
    bottom_mm: Annotated[float, Field(ge=0, le=2000)] = BOTTOM_MM
    """How high above the floor the picture begins: what the switch for low reach goes by."""


class DisplaySection(Section):
    """What `display` and `window` show."""

    zone: str = DEFAULT_ZONE
    window_id: Annotated[str, Field(pattern=WINDOW_PATTERN)] | None = None
    announcer: bool = False


class KioskConfig(BaseSettings):
    """Everything about one kiosk or display.

    Attributes:
        device_id: Its name in the manager's list and on MQTT.
        place: Where it stands, as people say it ("entrance"); shown on the device page.
        data_dir: Its own directory: outbox, cached catalogue.
        time_zone: Of the hall, an IANA name; the machine's own by default.
        languages: Of the language strip; the first is the default.
        demo: Offers also languages that nobody has reviewed.
        theme: A file that changes the look; see docs/theme.md.
    """

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    device_id: Annotated[str, Field(pattern=DEVICE_PATTERN)]
    place: Annotated[str, Field(max_length=64)] = ""
    data_dir: Path
    time_zone: Annotated[str, AfterValidator(_known_zone)] | None = None
    languages: Annotated[tuple[str, ...], Field(min_length=1)] = ("zh_CN", "en")
    demo: bool = False
    theme: Path | None = None
    server: ServerSection
    mqtt: MqttSection | None = None
    screen: ScreenSection = ScreenSection()
    printer: PrinterSection | None = None
    id_reader: DeviceSection | None = None
    scanner: ScannerSection | None = None
    camera: CameraSection | None = None
    keypad: KeypadSection | None = None
    display: DisplaySection = DisplaySection()
    panel: DeviceSection | None = None
    pad: PadSection | None = None
    rater: DeviceSection | None = None
    speaker: SpeakerSection | None = None
    headphones: SpeakerSection | None = None
    care: CareSection = CareSection()

    @property
    def zone(self) -> ZoneInfo | None:
        """The hall's time zone; None for the machine's own."""
        return ZoneInfo(self.time_zone) if self.time_zone else None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file; there is no third source."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings


def load_config(file: Path) -> KioskConfig:
    """Read and check a configuration file.

    Relative paths in it are meant from the file's own directory.

    Raises:
        ConfigError: It is missing, not TOML, or a setting is unknown or wrong.
    """
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(file, "", "there is no such file.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(file, "", "this file cannot be read.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(file, "", f"this is not TOML: {error}.") from error
    _refuse_secrets(file, table)
    try:
        config = KioskConfig(**table)
    except ValidationError as error:
        raise _config_error(file, error.errors()[0]) from error
    return _anchored(config, file.absolute().parent)


def _refuse_secrets(file: Path, table: Mapping[str, object]) -> None:
    for name, section in table.items():
        if isinstance(section, Mapping):
            for key, instead in SECRET_KEYS.items():
                if key in section:
                    raise ConfigError(
                        file,
                        f"{name}.{key}",
                        f"a secret does not belong in this file; put it in a file of its own and "
                        f"name that in {name}.{instead}.",
                    )


def _config_error(file: Path, first: ErrorDetails) -> ConfigError:
    key = ".".join(str(part) for part in first["loc"])
    match first["type"]:
        case "extra_forbidden":
            reason = "there is no such setting."
        case "missing":
            reason = "this setting is missing."
        case "string_pattern_mismatch" if key == "care.restart_at":
            reason = "write it as 03:30, or leave it empty for never."
        case "string_pattern_mismatch" if key in {"speaker.url", "headphones.url"}:
            reason = "write it as alsa://default or alsa://plughw:CARD=Device."
        case "string_pattern_mismatch" if key == "keypad.url":
            reason = "write it as hid:///dev/input/by-id/usb-MAKER_KEYPAD-event-kbd."
        case "string_pattern_mismatch" if key == "camera.url":
            reason = "write it as video:///dev/video0 or http://host/video."
        case "string_pattern_mismatch" if key.endswith("url"):
            reason = "write it as serial:///dev/ttyUSB0?baud=115200 or tcp://host:port."
        case _:
            reason = f"{first['msg'].removeprefix('Value error, ')}."
    return ConfigError(file, key, reason)


def _anchored(config: KioskConfig, directory: Path) -> KioskConfig:
    """Relative paths made absolute; environment overrides are anchored alike."""
    server = config.server
    if server.token_file is not None:
        server = server.model_copy(update={"token_file": directory / server.token_file})
    mqtt = config.mqtt
    if mqtt is not None and mqtt.password_file is not None:
        mqtt = mqtt.model_copy(update={"password_file": directory / mqtt.password_file})
    theme = config.theme and directory / config.theme
    changes = {
        "data_dir": directory / config.data_dir,
        "server": server,
        "mqtt": mqtt,
        "theme": theme,
    }
    speakers = {"speaker": config.speaker, "headphones": config.headphones}
    moved = {name: each and each.under(directory) for name, each in speakers.items()}
    care = {"care": config.care.under(directory)}
    return config.model_copy(update=changes | moved | care)


def device_token(config: KioskConfig, environ: Mapping[str, str] = os.environ) -> str:
    """The device's bearer token.

    Raises:
        ConfigError: It is in neither place, or its file cannot be read or is empty.
    """
    secret = _secret(environ.get(TOKEN_ENV), config.server.token_file, "server.token_file")
    if secret is None:
        raise ConfigError(
            Path("the configuration"),
            "server.token_file",
            f"name the file with this device's token, or set {TOKEN_ENV}.",
        )
    return secret


def mqtt_password(config: KioskConfig, environ: Mapping[str, str] = os.environ) -> str | None:
    """The broker's password, or None where the broker asks for none.

    Raises:
        ConfigError: Its file cannot be read or is empty.
    """
    named = config.mqtt.password_file if config.mqtt else None
    return _secret(environ.get(MQTT_PASSWORD_ENV), named, "mqtt.password_file")


def _secret(given: str | None, file: Path | None, key: str) -> str | None:
    if given:
        return given
    if file is None:
        return None
    try:
        secret = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(file, key, "this file cannot be read.") from error
    if not secret:
        raise ConfigError(file, key, "this file is empty.")
    return secret
