"""The commands of `bianmin-hardware`, and how each way of failing ends: one sentence, one code."""

import os
import sys
from typing import Final

import typer
from typer.exceptions import Abort, TyperException

from hardware.cli.devices import INTERRUPTED
from hardware.cli.finding import probe
from hardware.cli.listing import list_devices
from hardware.cli.simulating import sim, tell
from hardware.cli.trying import try_out
from hardware.cli.words import FAILED, USAGE, FailedError, _
from hardware.cli.words import tell as say

COMMANDS: Final = ("list", "probe", "test", "sim", "tell")

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    help=_("List, probe, test and simulate the devices of a hall."),
)


@app.callback(invoke_without_command=True)
def _start(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(USAGE)


app.command("list", help=_("Show what is plugged in, and the types of device this version knows."))(
    list_devices
)
app.command(
    "probe",
    help=_(
        "Ask a device whether it is well; without a kind, find out which port answers which "
        "protocol. Nothing is printed, read or changed."
    ),
)(probe)
app.command("test", help=_("Try a device out; answers one JSON object a line."))(try_out)
app.command(
    "sim",
    help=_("Run a simulated device until Ctrl-C; first prints where it is and how to control it."),
)(sim)
app.command("tell", help=_("Tell a simulated device to do something; prints its state."))(tell)


def run() -> int:
    """Obey the command line; the exit code."""
    try:
        return app(standalone_mode=False) or 0
    except FailedError as error:
        say(error.text)
        return error.code
    except TyperException as error:
        say(_usage(error))
        return error.exit_code
    except (Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read us has gone (list | head): nothing more can be told.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def _usage(error: TyperException) -> str:
    """One sentence on what was typed wrong."""
    context = getattr(error, "ctx", None)
    command = context.info_name if context is not None else ""
    parameter = getattr(error, "param", None)
    option = getattr(error, "option_name", "")
    if option and context is not None:
        known = [name for param in context.command.params for name in _names(param)]
        return _("{command} has no option {option}. It knows: {known}").format(
            command=command, option=option, known=" ".join(known)
        )
    if parameter is not None:
        name = next(iter(_names(parameter)), str(parameter.name).upper())
        text = (
            _("{parameter} is missing; see bianmin-hardware {command} --help")
            if hasattr(error, "param_type")
            else _("The value of {parameter} is wrong; see bianmin-hardware {command} --help")
        )
        return text.format(parameter=name, command=command)
    if context is not None and context.parent is None:
        return _("There is no such command. Commands: {commands}").format(
            commands=" ".join(COMMANDS)
        )
    return _("This cannot be understood; see bianmin-hardware {command} --help").format(
        command=command
    )


def _names(parameter: object) -> list[str]:
    """The options of a parameter as they are typed; none for an argument or a hidden option."""
    if getattr(parameter, "hidden", False):
        return []
    return [name for name in getattr(parameter, "opts", []) if name.startswith("-")]
