"""`bianmin-kiosk`: the kiosk, the hall screen, a window's display; enrolling and checking them."""

import logging
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import structlog
import typer

from hardware.errors import HardwareError
from hardware.sentences import sentence
from kiosk.config import ConfigError, KioskConfig, load_config
from kiosk.control import Address, RunOptions
from kiosk.lang import Languages
from kiosk.outbox import OutboxError
from kiosk.supervisor import Supervisor, follow_parent
from kiosk.ui.theme_file import ThemeError

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
SIZE = re.compile(r"([1-9][0-9]{2,3})x([1-9][0-9]{2,3})")

ConfigOption = Annotated[
    Path, typer.Option("--config", help="The TOML file; see config/kiosk.example.toml.")
]
SizeOption = Annotated[
    str | None, typer.Option("--size", help="A window of this size, as 1080x1920.")
]
OffscreenOption = Annotated[
    bool, typer.Option("--offscreen", help="Draw in memory, without a screen.")
]
PicturesOption = Annotated[
    Path | None,
    typer.Option("--screenshot-dir", help="Where the control channel may write pictures."),
]
SUPERVISED = "--supervised"
SupervisedOption = Annotated[
    bool,
    typer.Option(SUPERVISED, help="Start it again whenever it fails or hangs, until told to stop."),
]
StdinOption = Annotated[
    bool, typer.Option("--stdin", help="Take the code from standard input, for scripts.")
]
ControlOption = Annotated[
    str | None,
    typer.Option("--control", help="Let a demo or test look on: a port on loopback, or a socket."),
]


def _log_to_stderr() -> None:
    """key=value lines on standard error; nothing personal is ever logged."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.getLogger("httpx").setLevel(logging.WARNING)


def _fail(reason: str) -> typer.Exit:
    typer.echo(reason, err=True)
    return typer.Exit(1)


def _adjusted(config: KioskConfig, size: str | None, *, offscreen: bool) -> KioskConfig:
    """The configuration with what the command line says about the screen."""
    changes: dict[str, object] = {}
    if size is not None:
        match = SIZE.fullmatch(size)
        if match is None:
            raise _fail(f"--size {size}: write it as 1080x1920.")
        changes |= {"width_px": int(match[1]), "height_px": int(match[2]), "fullscreen": False}
    if offscreen:
        changes |= {"offscreen": True, "fullscreen": False}
    return config.model_copy(update={"screen": config.screen.model_copy(update=changes)})


def _looking(pictures: Path | None, control: str | None) -> RunOptions:
    """Who may look on."""
    try:
        address = Address.parse(control) if control is not None else None
    except ValueError as error:
        raise _fail(f"--control {control}: {error}.") from error
    return RunOptions(pictures, address)


def _guarded(run: Callable[[], int]) -> None:
    """Every failure that a person can mend is one sentence, without a traceback."""
    try:
        status = run()
    except (ConfigError, OutboxError, ThemeError) as error:
        raise _fail(str(error)) from error
    except HardwareError as error:
        raise _fail(f"{error.detail}: {sentence(error.code)}") from error
    except FileNotFoundError as error:
        raise _fail(f"missing: {error}") from error
    raise typer.Exit(status)


@app.command()
def run(
    config: ConfigOption,
    size: SizeOption = None,
    offscreen: OffscreenOption = False,  # noqa: FBT002 - a switch of the command line
    screenshot_dir: PicturesOption = None,
    control: ControlOption = None,
    supervised: SupervisedOption = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Run the kiosk."""
    if supervised:
        again = [argument for argument in sys.argv[1:] if argument != SUPERVISED]
        command = [sys.executable, "-m", "kiosk", *again]
        raise typer.Exit(Supervisor(command, os.environ).run())
    follow_parent(os.environ)
    _log_to_stderr()

    def start() -> int:
        from kiosk.wiring import run_kiosk  # noqa: PLC0415 - the others need less

        settings = _adjusted(load_config(config), size, offscreen=offscreen)
        return run_kiosk(settings, _looking(screenshot_dir, control))

    _guarded(start)


@app.command()
def check(
    config: ConfigOption,
    size: SizeOption = None,
    offscreen: OffscreenOption = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Say of everything a kiosk needs whether it is well; exit 1 if one thing is ill."""
    _log_to_stderr()
    from kiosk.check import run_check  # noqa: PLC0415 - the others need less

    speech = Languages(("en",)).default
    _guarded(
        lambda: run_check(
            config, lambda read: _adjusted(read, size, offscreen=offscreen), typer.echo, speech
        )
    )


@app.command("staff-code")
def staff_code(
    config: ConfigOption,
    stdin: StdinOption = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Set the code with which staff open the staff screen of this kiosk."""
    from kiosk.care_lock import StaffCodeError, write_code  # noqa: PLC0415 - the others need less

    def start() -> int:
        file = load_config(config).care.staff_code_file
        if file is None:
            raise _fail(f"{config}: care.staff_code_file: name the file for the code's hash first.")
        if stdin:
            code = sys.stdin.readline().strip()
        else:
            code = typer.prompt("Staff code", hide_input=True, confirmation_prompt=True)
        try:
            write_code(file, code)
        except (StaffCodeError, OSError) as error:
            raise _fail(str(error)) from error
        typer.echo("The staff code is set. It is in force at once.")
        return 0

    _guarded(start)


@app.command()
def enrol(
    config: ConfigOption,
    code: Annotated[str, typer.Argument(help="From the device page; good for ten minutes.")],
) -> None:
    """Trade an enrolment code for this machine's own secrets."""
    from kiosk import enrol as enrolling  # noqa: PLC0415 - the others need less

    def start() -> int:
        try:
            enrolling.enrol(load_config(config), config, code, typer.echo)
        except (enrolling.EnrolError, OSError) as error:
            raise _fail(str(error)) from error
        return 0

    _guarded(start)


@app.command()
def display(
    config: ConfigOption,
    size: SizeOption = None,
    offscreen: OffscreenOption = False,  # noqa: FBT002 - a switch of the command line
    screenshot_dir: PicturesOption = None,
    control: ControlOption = None,
) -> None:
    """Run the hall screen."""
    _log_to_stderr()

    def start() -> int:
        from kiosk.display_main import run_hall  # noqa: PLC0415 - a program of its own

        settings = _adjusted(load_config(config), size, offscreen=offscreen)
        return run_hall(settings, _looking(screenshot_dir, control))

    _guarded(start)


@app.command()
def window(
    config: ConfigOption,
    size: SizeOption = None,
    offscreen: OffscreenOption = False,  # noqa: FBT002 - a switch of the command line
    screenshot_dir: PicturesOption = None,
    control: ControlOption = None,
) -> None:
    """Run the display of one window."""
    _log_to_stderr()

    def start() -> int:
        from kiosk.display_main import run_window  # noqa: PLC0415 - a program of its own

        settings = _adjusted(load_config(config), size, offscreen=offscreen)
        return run_window(settings, _looking(screenshot_dir, control))

    _guarded(start)


def main() -> None:
    """The console script."""
    app()


if __name__ == "__main__":
    main()
