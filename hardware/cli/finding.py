"""`bianmin-hardware probe`: is a known device well, or: which port answers which protocol."""

from typing import Annotated, Final

import typer

from hardware.cli.advice import group_of
from hardware.cli.devices import address, device_at, first_answer, refuse_sick, run, types_of
from hardware.cli.progress import Bar, bar
from hardware.cli.snippets import paste, snippet
from hardware.cli.words import GAP, FailedError, _, padded, print_record, somebody_reads, tell
from hardware.ports import programs_using, serial_ports
from hardware.probing import STEPS, Finding, Patience, State, ask_ports
from hardware.registry import REGISTRY, DeviceType
from hardware.sentences import N_, sentence
from hardware.supervise import running
from hardware.transport import DeviceUrl

_STATES: Final = {
    State.SILENT: N_("no answer"),
    State.UNKNOWN: N_("speaks, but nothing that is known here"),
    State.ECHO: N_("only sends back what it is sent"),
    State.BUSY: N_("in use by another program"),
    State.DENIED: N_("this user may not open it"),
    State.ABSENT: N_("is not there"),
    State.LOST: N_("went away while it was asked"),
}
_WHAT_COLUMNS: Final = 34
"""Wide enough for every type and state in both languages; a longer one moves its address on."""


def probe(
    kind: Annotated[str, typer.Argument(help=_("What the device is for, or its type"))] = "",
    url: Annotated[str, typer.Option(help=_("Where the device is; list shows examples"))] = "",
    port: Annotated[
        list[str] | None,
        typer.Option(help=_("A port to ask (also tcp://host:port); all serial ports without it")),
    ] = None,
    wait: Annotated[
        float, typer.Option(min=0.05, max=10, help=_("Seconds to wait for each answer"))
    ] = Patience().answer_s,
    listen: Annotated[
        float, typer.Option(min=0, max=600, help=_("Seconds in which you press keys; see the docs"))
    ] = 0,
    *,
    as_json: Annotated[bool, typer.Option("--json", help=_("One JSON object a port"))] = False,
) -> None:
    """Entry of the command; its help stands in `app`."""
    entries = types_of(kind) if kind else tuple(REGISTRY.values())
    if url and port:
        raise FailedError(_("Give either --url or --port, not both."))
    if kind and url:
        entry, place = address(url, entries)
        run(_one(entry, place), place)
        return
    ports = [url] if url else port or [p.best for p in serial_ports() if not p.console]
    if not ports:
        raise FailedError(
            _("This machine has no serial port. Plug the device in, and look for it with list.")
        )
    for text in ports:
        if "://" in text and not text.startswith(("tcp://", "serial://")):
            raise FailedError(_("A port is a path like /dev/ttyUSB0, or tcp://host:port."))
    patience = Patience(answer_s=wait, listen_s=listen)
    run(_Search(ports, patience, entries, as_json=as_json).go())


async def _one(entry: DeviceType, url: DeviceUrl) -> None:
    device = device_at(entry, url)
    async with running(device):
        health = await first_answer(device)
    print_record(
        {
            "type": entry.type_id,
            "online": health.online,
            "faults": list(health.faults),
            **({"details": dict(health.details)} if health.details else {}),
        }
    )
    refuse_sick(health)


class _Search:
    """All ports while they are asked."""

    def __init__(
        self,
        ports: list[str],
        patience: Patience,
        entries: tuple[DeviceType, ...],
        *,
        as_json: bool,
    ) -> None:
        self._ports = list(dict.fromkeys(ports))
        self._patience = patience
        self._wanted = {entry.type_id for entry in entries}
        self._as_json = as_json
        self._found: list[Finding] = []

    async def go(self) -> None:
        """Ask, tell each answer as soon as it is known, and what to do with them."""
        if self._patience.listen_s and somebody_reads():
            tell(
                _(
                    "When the bar is full, press a key of each pad and rater, "
                    "and hold a code before each scanner, for {seconds} seconds."
                ).format(seconds=f"{self._patience.listen_s:g}")
            )
        left = dict.fromkeys(self._ports, STEPS)
        with bar(_("Asking the ports"), STEPS * len(left)) as progress:

            def step(port: str) -> None:
                left[port] -= 1
                progress.step()

            async for finding in ask_ports(self._ports, self._patience, step):
                progress.step(left[finding.port])
                if finding.type_id and finding.type_id not in self._wanted:
                    continue
                self._found.append(finding)
                self._show(finding, progress)
        self._conclude()

    def _show(self, finding: Finding, progress: Bar) -> None:
        with progress.aside():
            if self._as_json:
                print_record(_record(finding))
            else:
                columns = max(len(port) for port in self._ports)
                head = padded(finding.port, columns) + GAP
                typer.echo((head + padded(_what(finding), _WHAT_COLUMNS) + finding.url).rstrip())

    def _conclude(self) -> None:
        answered = [finding for finding in self._found if finding.state is State.ANSWERS]
        if not self._as_json:
            pieces = [snippet(REGISTRY[finding.type_id], finding.url) for finding in answered]
            for line in paste(pieces):
                typer.echo(line)
        for state in dict.fromkeys(finding.state for finding in self._found):
            ports = [finding.port for finding in self._found if finding.state is state]
            if somebody_reads() and state in _WHAT_TO_DO:
                tell(_(_WHAT_TO_DO[state]).format(ports=" ".join(ports), group=group_of(ports[0])))
        for finding in answered:
            for fault in finding.faults:
                if somebody_reads():
                    tell(f"{finding.port}: {_(sentence(fault))}")
        if not answered:
            raise FailedError(
                _(
                    "No device answered. Check power and cables; what cannot be asked "
                    "is found with --listen 20 and a pressed key."
                )
            )


_WHAT_TO_DO: Final = {
    State.SILENT: N_(
        "{ports}: switched off, its cable is loose, or a device that cannot be asked (call pad, "
        "rater, panel, simple scanner): try probe --listen 20."
    ),
    State.UNKNOWN: N_("{ports}: another device, or one set to a speed or parity of its own."),
    State.ECHO: N_(
        "{ports}: an RS-485 adapter that hears itself, or a plug with its wires bridged."
    ),
    State.BUSY: N_("{ports}: close the program that uses it (a kiosk that is running?)."),
    State.DENIED: N_("{ports}: add this user to the group {group} and sign in again."),
    State.ABSENT: N_("{ports}: look for the right name with bianmin-hardware list."),
    State.LOST: N_("{ports}: push its plug in, and try again."),
}
"""English msgid for what a person does about each state."""


def _what(finding: Finding) -> str:
    if finding.state is State.ANSWERS:
        return _(REGISTRY[finding.type_id].title)
    programs = programs_using(finding.port) if finding.state is State.BUSY else ()
    if programs:
        return _("in use by {programs}").format(programs=", ".join(programs))
    return _(_STATES[finding.state])


def _record(finding: Finding) -> dict[str, object]:
    entry = REGISTRY.get(finding.type_id)
    return {
        "port": finding.port,
        "state": finding.state.value,
        "what": _what(finding),
        "type": finding.type_id,
        "kind": entry.kind.value if entry else "",
        "url": finding.url,
        "faults": list(finding.faults),
        "toml": snippet(entry, finding.url) if entry else "",
    }
