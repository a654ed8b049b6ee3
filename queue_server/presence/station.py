"""What is known of one kiosk or display, and what its messages change. No clock is read here."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from queue_server.contract.ids import DeviceId
from queue_server.contract.messages import DeviceAck, DeviceBeat, DeviceState
from queue_server.contract.messages_status import ErrandState, Link, Urgency
from queue_server.contract.topics import COMMAND_EXPIRY_S, DEVICE_BEAT_S

SILENT_AFTER_S = 3 * DEVICE_BEAT_S
"""Two beats may be lost; beats are QoS 0."""
TWIN_FOR_S = 60.0
"""So long after a beat of another session two programs are said to use one login."""
CLOCK_OFF_S = 120.0
"""Below this nobody notices on a ticket."""
NEVER_S = float("-inf")


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, by both clocks: the wall's for people, the steady one for waiting."""

    at: datetime
    s: float


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A device of the hall's directory; `awaited` until its enrolment code was used."""

    device_id: DeviceId
    kind: str
    awaited: bool = False


@dataclass(frozen=True, slots=True)
class BrokerSeen:
    """Whether the broker is there, since when by both clocks."""

    connected: bool
    since: Moment


@dataclass(slots=True)
class Errand:
    """A command that was sent to a device."""

    command_id: str
    command: str
    asked: Moment
    state: ErrandState = ErrandState.ASKED
    sentence: str = ""


@dataclass(slots=True)
class Station:
    """One device of the directory, and what it last said."""

    enrolled: Enrolled
    state: DeviceState | None = None
    heard: Moment | None = None
    link_at: datetime | None = None
    restarted_at: datetime | None = None
    uptime_s: int | None = None
    ahead: timedelta | None = None
    twin_s: float = NEVER_S
    unreadable: bool = False
    errand: Errand | None = field(default=None)

    # --- what it says ---

    def take_state(self, state: DeviceState, now: Moment, *, retained: bool) -> None:
        """A state; `retained` when it was said before we listened."""
        before = self.state
        other = before is not None and before.session_id != state.session_id
        self._hear(now)
        if before is not None and before.online and other and not state.online:
            return  # the will of an older run, which came late
        if other and state.online and not retained:
            self.restarted_at = now.at
        if before is None or before.online != state.online or other:
            self.link_at = None if retained else now.at
        if state.at is not None and not retained:
            self.ahead = _before(state.at, now.at)
        self.state = state
        self.unreadable = False
        if not state.online:
            self.uptime_s = None

    def take_beat(self, beat: DeviceBeat, now: Moment) -> None:
        """A sign of life."""
        self._hear(now)
        self.uptime_s = beat.uptime_s
        if self.state is None or beat.session_id == self.state.session_id:
            return
        if self.state.online:
            self.twin_s = now.s
        else:  # it lives, whatever an old will said; what it is fitted with comes with its state
            alive = {"session_id": beat.session_id, "online": True}
            self.state = self.state.model_copy(update=alive)
            self.link_at = now.at

    def take_ack(self, ack: DeviceAck, now: Moment) -> None:
        """An answer to a command; one to an older command is history."""
        self._hear(now)
        errand = self.errand
        if errand is not None and errand.command_id == ack.command_id:
            errand.state = ErrandState.DONE if ack.done else ErrandState.REFUSED
            errand.sentence = ack.sentence

    def forget(self) -> None:
        """Its state was taken off the broker."""
        self.state = self.link_at = self.uptime_s = None

    def _hear(self, now: Moment) -> None:
        self.heard = now

    # --- what follows from it ---

    def link(self, broker: BrokerSeen, now: Moment) -> tuple[Link, datetime | None]:
        """How its link is, and since when."""
        if self.enrolled.awaited and self.state is None:
            return Link.AWAITED, None
        heard_s = self.heard.s if self.heard is not None else NEVER_S
        back_s = now.s - broker.since.s
        if not broker.connected or (heard_s < broker.since.s and back_s < SILENT_AFTER_S):
            return Link.UNKNOWN, broker.since.at
        if self.heard is None:
            return Link.NEVER, None
        if now.s - heard_s >= SILENT_AFTER_S and (self.state is None or self.state.online):
            return Link.SILENT, self.heard.at
        online = self.state is None or self.state.online
        return Link.ONLINE if online else Link.OFFLINE, self.link_at

    def errand_state(self, now: Moment) -> ErrandState | None:
        """What became of the last command; unanswered once the broker has forgotten it."""
        errand = self.errand
        if errand is None:
            return None
        waited_s = now.s - errand.asked.s
        lost = errand.state is ErrandState.ASKED and waited_s >= COMMAND_EXPIRY_S
        return ErrandState.UNANSWERED if lost else errand.state

    def twin(self, now: Moment) -> bool:
        """Two programs used its login a moment ago."""
        return now.s - self.twin_s < TWIN_FOR_S

    @property
    def clock_off_s(self) -> int | None:
        """How far its clock is ahead (negative: behind), where that is worth a word."""
        if self.ahead is None or abs(self.ahead.total_seconds()) < CLOCK_OFF_S:
            return None
        return round(self.ahead.total_seconds())

    def urgency(self, link: Link, now: Moment) -> Urgency:
        """Whether somebody has to go there."""
        devices = self.state.devices if self.state is not None and link is Link.ONLINE else []
        ill = any(device.faults or not device.online for device in devices)
        away = link in {Link.OFFLINE, Link.SILENT, Link.NEVER}
        if ill or away or self.unreadable or self.twin(now):
            return Urgency.HAND
        if link is Link.UNKNOWN:
            return Urgency.UNKNOWN
        soon = any(device.warnings for device in devices) or self.clock_off_s is not None
        return Urgency.SOON if soon or link is Link.AWAITED else Urgency.WELL

    def by_our_clock(self, moment: datetime | None, now: Moment) -> datetime | None:
        """A moment of the device's clock, by the server's; never in the future."""
        if moment is None:
            return None
        try:
            ours = moment.astimezone(UTC) - (self.ahead or timedelta(0))
        except OverflowError:
            return None
        return min(ours, now.at)


def _before(theirs: datetime, ours: datetime) -> timedelta | None:
    """How far their clock is ahead; None for a date at an end of the calendar."""
    try:
        return theirs.astimezone(UTC) - ours
    except OverflowError:
        return None
