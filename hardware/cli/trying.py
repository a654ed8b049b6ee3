"""`bianmin-hardware test`: use a device once and see."""

import asyncio
import importlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

from hardware.cli.advice import advice
from hardware.cli.devices import (
    SickDeviceError,
    address,
    device_at,
    first_answer,
    refuse_sick,
    run,
    types_of,
)
from hardware.cli.hints import AFTERWARDS, NOTHING, NOW
from hardware.cli.progress import Bar, bar
from hardware.cli.words import FailedError, _, print_record, somebody_reads, tell
from hardware.registry import DeviceType, Trial
from hardware.roles import Device, DeviceKind, PrintResult
from hardware.supervise import running
from hardware.transport import DeviceUrl

WIDTHS_MM: Final = (58, 80)
_PROGRESS: Final = frozenset({DeviceKind.PRINTER, DeviceKind.ANNOUNCER})
"""Kinds that work by themselves: a bar shows it; with the others the person works."""


def try_out(
    kind: Annotated[str, typer.Argument(help=_("What the device is for, or its type"))],
    more: Annotated[list[Path] | None, typer.Argument(help=_("More pictures"))] = None,
    url: Annotated[str, typer.Option(help=_("Where the device is; list shows examples"))] = "",
    width_mm: Annotated[int, typer.Option(help=_("Width of the paper: 58 or 80"))] = WIDTHS_MM[1],
    name: Annotated[str, typer.Option(help=_("A name to print on the example ticket"))] = "",
    text: Annotated[str, typer.Option(help=_("What a loudspeaker is to say"))] = "",
    image: Annotated[list[Path] | None, typer.Option(help=_("Pictures, for camera"))] = None,
    count: Annotated[int, typer.Option(min=0, help=_("Stop after so many; 0: never"))] = 0,
    within: Annotated[
        float, typer.Option(min=0, help=_("Give up after so many seconds without any; 0: never"))
    ] = 0,
) -> None:
    """Entry of the command; its help stands in `app`."""
    entries = types_of(kind)
    if image and entries[0].kind is DeviceKind.CAMERA:
        _pictures([*image, *(more or [])])
        return
    if more or image:
        raise FailedError(_("Pictures can only be given to a camera."))
    if not url:
        raise FailedError(
            _("Say where the device is with --url; bianmin-hardware list shows examples.")
        )
    if width_mm not in WIDTHS_MM:
        raise FailedError(_("Paper is 58 or 80 mm wide, not {width}.").format(width=width_mm))
    entry, place = address(url, entries)
    device = device_at(entry, place, {"width_mm": str(width_mm)})
    run(_Test(entry, place, device, count, within).go(Trial(name, text)), place)


def _pictures(paths: list[Path]) -> None:
    read = importlib.import_module("hardware.drivers.code_vision").codes_in_file
    with bar(_("Reading pictures"), len(paths)) as progress:
        for path in paths:
            try:
                record = read(path)
            except OSError:
                raise FailedError(
                    _("This picture cannot be read: {path}").format(path=path)
                ) from None
            with progress.aside():
                print_record(record)
            progress.step()


class _Test:
    """One device while it is tried out."""

    def __init__(
        self, entry: DeviceType, url: DeviceUrl, device: Device, count: int, within_s: float
    ) -> None:
        self._entry = entry
        self._url = url
        self._device = device
        self._count = count
        self._within_s = within_s or None
        self._bar = Bar(None, "", None)

    async def go(self, trial: Trial) -> None:
        """Try it until it has done its part, has gone, or nothing comes."""
        async with running(self._device):
            health = await first_answer(self._device)
            if not health.online:
                refuse_sick(health)
            kind = self._entry.kind
            text = _(NOW[kind])
            if kind in _PROGRESS:
                with bar(text) as self._bar:
                    await self._until_first_end(trial)
            else:
                if somebody_reads():
                    tell(text)
                await self._until_first_end(trial)
            if somebody_reads() and kind in AFTERWARDS:
                tell(_(AFTERWARDS[kind]))

    async def _until_first_end(self, trial: Trial) -> None:
        records = self._entry.trial(self._device, trial)
        work = asyncio.create_task(self._records(records), name="trial")
        lost = asyncio.create_task(self._lost(), name="health")
        refusals = asyncio.create_task(self._refusals(), name="refusals")
        # A printer's own answer says more than its health does: let it finish.
        ends = {work} if self._entry.kind is DeviceKind.PRINTER else {work, lost}
        try:
            done, _waiting = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            tasks = {work, lost, refusals}
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _records(self, records: AsyncIterator[Mapping[str, object]]) -> None:
        number = 0
        while True:
            try:
                async with asyncio.timeout(self._within_s):
                    record = await anext(records, None)
            except TimeoutError:
                raise FailedError(
                    _(NOTHING[self._entry.kind]).format(seconds=f"{self._within_s:g}")
                ) from None
            if record is None:
                return
            with self._bar.aside():
                print_record(record)
            number += 1
            if record.get("result") in {PrintResult.UNKNOWN, PrintResult.TORN}:
                raise SickDeviceError(str(record.get("fault", "timed-out")))
            if number == self._count:
                return

    async def _lost(self) -> None:
        """Wait until the device has gone."""
        async for health in self._device.health_changes():
            if not health.online:
                raise SickDeviceError(health.faults[0] if health.faults else "unavailable")

    async def _refusals(self) -> None:
        """Tell of each card or code that was laid there and cannot be used."""
        listen = getattr(self._device, "refusals", None)
        if listen is None:
            return
        async for code in listen():
            tell(advice(code, self._url))
