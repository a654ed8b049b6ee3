"""The verbs. Each prints sentences, never a stack trace; what fails exits with 1."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from queue_server.bus.errors import BrokerError
from queue_server.cli import admin, check, simulate
from queue_server.config import ConfigError, load
from queue_server.observe import configure_logging
from queue_server.packs import PackError
from queue_server.ports import StoreError
from queue_server.wiring.hall import Options
from queue_server.wiring.hall import serve as serve_hall

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="便民 (Bianmin): the server of a service hall.",
)
Data = Annotated[Path, typer.Option("--data", help="Directory that holds everything of the hall.")]
MAX_PORT = 65535
EXPECTED = (ConfigError, StoreError, BrokerError, PackError, admin.AdminError, simulate.ReplayError)


@app.command()
def serve(
    data: Data,
    config: Annotated[
        Path | None, typer.Option(help="TOML file (config/server.example.toml).")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=MAX_PORT, help="HTTP port; 0 takes a free one.")
    ] = None,
    mqtt_port: Annotated[
        int | None, typer.Option(min=1, max=MAX_PORT, help="Port of the managed broker.")
    ] = None,
    pack: Annotated[str | None, typer.Option(help="Kind of hall: cn-township or plain.")] = None,
    clock: Annotated[str, typer.Option(help="system, or driven (demo only).")] = "system",
    *,
    demo: Annotated[bool, typer.Option(help="Seed the example hall; loopback only.")] = False,
) -> None:
    """Run the hall until it is stopped."""
    settings = load(config)
    changed: dict[str, Any] = {}
    if port is not None:
        changed["http"] = settings.http.model_copy(update={"port": port})
    if mqtt_port is not None:
        changed["mqtt"] = settings.mqtt.model_copy(update={"port": mqtt_port})
    if pack is not None:
        changed["hall"] = settings.hall.model_copy(update={"pack": pack})
    settings = settings.model_copy(update=changed)
    check.options(settings, demo=demo, clock=clock)
    configure_logging(settings.log.level, settings.log.format)
    options = Options(data, demo=demo, driven_clock=clock == "driven")
    asyncio.run(serve_hall(settings, options, _say))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@app.command()
def verify(
    data: Data,
    config: Annotated[Path | None, typer.Option(help="The server's TOML file.")] = None,
) -> None:
    """Check the journal against the facts it must show; also on a running hall."""
    settings = load(config)
    if not check.verify(data, settings.store_url, _say):
        raise typer.Exit(1)


@app.command("simulate-day")
def simulate_day(
    log: Annotated[Path, typer.Argument(help="LOG.csv or LOG.csv.gz, see docs/simulate-day.md.")],
    queue: Annotated[str, typer.Option(help="Queue of the log.")],
    day: Annotated[str, typer.Option(help="Day of the log, YYYY-MM-DD.")],
    data: Annotated[Path | None, typer.Option(help="Data directory of the running server.")] = None,
    credentials: Annotated[Path | None, typer.Option(help="Its credentials.json.")] = None,
    speed: Annotated[float, typer.Option(help="Times real time; 0: as fast as it goes.")] = 0.0,
) -> None:
    """Replay a logged day through a server started with --demo --clock driven, and compare."""
    path = credentials or ((data or Path("var/demo")) / "credentials.json")
    if not simulate.run(log, queue, day, path, speed, _say):
        raise typer.Exit(1)


app.add_typer(admin.users, name="user")
app.add_typer(admin.devices, name="device")
app.add_typer(admin.catalogue, name="catalogue")
app.command("export")(admin.export)


def main() -> None:
    """Run, and turn what may be expected to go wrong into one sentence."""
    _sentences(app)


def _sentences(run: Callable[[], object]) -> None:
    try:
        run()
    except EXPECTED as error:
        sys.stderr.write(f"bianmin-server: {error}\n")
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
