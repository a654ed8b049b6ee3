"""The devices of a display, told what it shows: number panel, clerk's pad, rater, loudspeaker.

What they show is a function of the newest snapshots. Keys of the pad and ratings are not acted on
here: an action of a clerk needs the clerk's session.
"""

import asyncio
from typing import Final

from hardware.roles import Device
from hardware.roles_window import PAUSED_TEXT, CallDisplay, CallPad, PanelMessage, Rater
from kiosk.feed_events import BoardChanged, CallDue, FeedEvent, WindowChanged
from kiosk.speaker import CallSpeaker
from queue_server.contract.messages import WindowSnapshot, WindowState

WITH_NUMBER: Final = frozenset({WindowState.CALLING, WindowState.SERVING})


class WindowDevices:
    """Panel, pad, rater and loudspeaker; each may be missing.

    Args:
        panel: Shows the number at the window.
        pad: Shows it to the clerk, with how many wait in the hall.
        rater: Only kept connected for now.
        speaker: Speaks the calls.
        beep: The pad sounds when one more person waits.
    """

    def __init__(
        self,
        panel: CallDisplay | None = None,
        pad: CallPad | None = None,
        rater: Rater | None = None,
        speaker: CallSpeaker | None = None,
        *,
        beep: bool = False,
    ) -> None:
        self._panel = panel
        self._pad = pad
        self._beep = beep
        self._waiting: int | None = None
        self._number = ""
        self._speaker = speaker
        self._own: tuple[Device, ...] = tuple(
            device for device in (panel, pad, rater) if device is not None
        )
        self.all = (*self._own, *((speaker.announcer,) if speaker else ()))

    @property
    def wants_board(self) -> bool:
        """Only the pad shows what a window's own snapshot does not hold."""
        return self._pad is not None

    @property
    def wants_calls(self) -> bool:
        """Whether calls are spoken here."""
        return self._speaker is not None

    async def run(self) -> None:
        """Keep all of them connected until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            if self._speaker is not None:
                tasks.create_task(self._speaker.run(), name="speaker")
            for device in self._own:
                name = f"device {device.health().device_id}"
                tasks.create_task(device.run(), name=name)

    def take(self, event: FeedEvent) -> None:
        """Show what is new; on the loop of `run`."""
        match event:
            case WindowChanged(window):
                if self._panel is not None:
                    self._panel.show(panel_message(window))
                self._number = (window.number or "") if window.state in WITH_NUMBER else ""
                self._show_on_pad()
            case BoardChanged(board):
                waiting = sum(row.count for row in board.waiting.values())
                more = self._waiting is not None and waiting > self._waiting
                self._waiting = waiting
                self._show_on_pad()
                if more and self._beep and self._pad is not None:
                    self._pad.beep()
            case CallDue() as due:
                if self._speaker is not None:
                    self._speaker.take(due)
            case _:
                return

    def _show_on_pad(self) -> None:
        if self._pad is not None:
            self._pad.show(self._waiting, self._number)


def panel_message(window: WindowSnapshot) -> PanelMessage:
    """What a panel shows of a window: a call catches the eye, each attempt anew."""
    if window.state is WindowState.PAUSED:
        return PanelMessage(PAUSED_TEXT)
    if window.state not in WITH_NUMBER or not window.number:
        return PanelMessage()
    calling = window.state is WindowState.CALLING
    return PanelMessage(window.number, window.attempt if calling else 0)
