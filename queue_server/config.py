"""Settings of the server process, from one TOML file, the environment and the command line.

What the hall decides (groups, hours, rules) is not here: that is events, changed on pages. Secrets
come from files or the environment only. An unknown key is refused, so that a slip of the pen does
not silently leave a default in force.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from queue_server.contract.ids import HALL_PATTERN

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
Port = Annotated[int, Field(ge=0, le=65535)]


class ConfigError(Exception):
    """A configuration that cannot be used; the sentence names the file and the key."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HallConfig(_Section):
    """Which hall this is. The id is fixed at the first start and cannot be changed later."""

    id: Annotated[str, Field(pattern=HALL_PATTERN)] = "demo-hall"
    pack: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")] = "cn-township"
    public_url: Annotated[str, Field(pattern=r"^https?://[^\s]+$")] | None = None


class HttpConfig(_Section):
    """Where the server listens. Off loopback it needs a certificate."""

    host: str = "127.0.0.1"
    port: Port = 0
    tls_cert: Path | None = None
    tls_key: Path | None = None


class MqttConfig(_Section):
    """The broker: ours on a free port, or the hall's own by URL (docs/mqtt.md)."""

    url: str | None = None
    port: Port | None = None
    username: str = "server"
    password_file: Path | None = None
    ca_file: Path | None = None


class StoreConfig(_Section):
    """The database: a file under the data directory, or a PostgreSQL URL in a file of its own."""

    url: str | None = None
    url_file: Path | None = None


class LogConfig(_Section):
    """What is logged, and how."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class ServerConfig(BaseSettings):
    """All of it. Environment variables are `BIANMIN_HTTP__PORT` and so on."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        env_prefix="BIANMIN_",
        env_nested_delimiter="__",
    )

    hall: HallConfig = HallConfig()
    http: HttpConfig = HttpConfig()
    mqtt: MqttConfig = MqttConfig()
    store: StoreConfig = StoreConfig()
    log: LogConfig = LogConfig()

    @model_validator(mode="after")
    def _tls_off_loopback(self) -> Self:
        http = self.http
        if (http.tls_cert is None) != (http.tls_key is None):
            raise ValueError("http.tls_cert and http.tls_key belong together")
        if http.host not in LOOPBACK and http.tls_cert is None:
            raise ValueError(
                f"http.host {http.host} is reachable from other machines, so http.tls_cert and "
                "http.tls_key are needed (docs/operations.md)"
            )
        return self

    @model_validator(mode="after")
    def _store_url_known(self) -> Self:
        if self.store.url is not None and self.store.url_file is not None:
            raise ValueError("give store.url or store.url_file, not both")
        url = self.store.url
        if url is not None and urlsplit(url).scheme not in ("postgresql", "postgres"):
            raise ValueError("store.url must start with postgresql://")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file; the command line is applied on top by the caller."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    @property
    def store_url(self) -> str | None:
        """The database URL, read from its file where it has one.

        Raises:
            ConfigError: the file cannot be read.
        """
        return read_secret(self.store.url_file) if self.store.url_file else self.store.url


def read_secret(path: Path) -> str:
    """The first line of a secret's file.

    Raises:
        ConfigError: it cannot be read, or is empty.
    """
    try:
        text = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from error
    if not text or not text[0].strip():
        raise ConfigError(f"{path}: is empty; it must hold the secret in its first line.")
    return text[0].strip()


def load(path: Path | None) -> ServerConfig:
    """The configuration of a file (none: the defaults), with the environment on top.

    Raises:
        ConfigError: naming the file, the key and what is wrong.
    """
    values: dict[str, object] = {}
    where = str(path) if path else "environment"
    if path is not None:
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: is not valid TOML: {error}.") from error
    try:
        return ServerConfig(**values)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        raise ConfigError(f"{where}: {_sentence(error)}") from error


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{key}: there is no such setting (docs/operations.md lists them)."
    message = first["msg"].removeprefix("Value error, ")
    return f"{key}: {message}." if key else f"{message}."
