"""What the web layer needs of the rest of the server; `wiring` fills it in."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from queue_server.contract import messages as msg
from queue_server.contract.ids import WindowId
from queue_server.ports import Clock, LegRow
from queue_server.service import HallService
from queue_server.views import Say, Signage


@dataclass(frozen=True, slots=True)
class Account:
    """Someone of the staff."""

    username: str
    display_name: str
    role: str


@dataclass(frozen=True, slots=True)
class StaffSession:
    """A signed-in session, by the hash of its token."""

    token_hash: str
    username: str
    display_name: str
    role: str
    window_id: str | None
    expires_ms: int


@dataclass(frozen=True, slots=True)
class EnrolledDevice:
    """A device that may use the API; `awaited` until its enrolment code was used."""

    device_id: str
    kind: str
    awaited: bool = False


class People(Protocol):
    """Accounts, sessions and devices. Blocking: called in a thread."""

    def check_password(self, username: str, password: str) -> Account | None:
        """The account, if the password is right."""
        ...

    def accounts(self) -> Sequence[Account]:
        """Everyone who may sign in."""
        ...

    def add_account(self, account: Account, password: str) -> bool:
        """A new account; False when the name is taken."""
        ...

    def set_password(self, username: str, password: str) -> bool:
        """Change a password and end the account's sessions; False when there is no such account."""
        ...

    def remove_account(self, username: str) -> bool:
        """The account may not sign in any more; its name stays in the journal."""
        ...

    def open_session(
        self, token_hash: str, account: Account, window_id: str | None, now_ms: int, expires_ms: int
    ) -> None:
        """Remember a session."""
        ...

    def session(self, token_hash: str, now_ms: int) -> StaffSession | None:
        """A session that has not expired."""
        ...

    def end_session(self, token_hash: str) -> None:
        """Forget a session."""
        ...

    def set_window(self, token_hash: str, window_id: str | None) -> None:
        """The window a session is signed in to."""
        ...

    def device_by_token(self, token_hash: str) -> EnrolledDevice | None:
        """The device a token belongs to, unless it was revoked."""
        ...

    def offer_device(self, device_id: str, kind: str, now_ms: int) -> str:
        """A single-use enrolment code for a new (or re-installed) device."""
        ...

    def device_secret(self, device_id: str) -> str | None:
        """The hash of the token of a device that is not revoked; None when there is none."""
        ...

    def devices(self) -> Sequence[EnrolledDevice]:
        """All devices that are not revoked."""
        ...


class Enrolment(Protocol):
    """Devices' own credentials, for the API and the broker alike."""

    async def enrol(self, code: str, now_ms: int) -> msg.EnrolAnswer | None:
        """Trade a single-use code for a device's own credentials; None when it is no good."""
        ...

    async def revoke(self, device_id: str) -> bool:
        """Take a device's credentials away; False when there is none of this id."""
        ...


class Figures(Protocol):
    """Statistics. Blocking: called in a thread."""

    def statistics(self, first: date, last: date, by: str) -> msg.Statistics:
        """Figures of the business days from first to last, both included."""
        ...

    def csv_rows(self, first: date, last: date) -> Iterator[Sequence[object]]:
        """A header, then a row per leg."""
        ...


class Live(Protocol):
    """The newest rev, for streams."""

    def subscribe(self) -> AbstractAsyncContextManager[AsyncIterator[int]]:
        """Yields the newest rev; a slow reader skips revs."""
        ...


class DeviceDesk(Protocol):
    """How the hall's devices are, and asking something of them."""

    def status(self, language: str) -> msg.DevicesStatus:
        """All of them now, sentences in a language."""
        ...

    def place(self, device_id: str) -> str:
        """Where it stands, as it said itself; empty when it has not."""
        ...

    def subscribe(self) -> AbstractAsyncContextManager[AsyncIterator[int]]:
        """As `Live.subscribe`, for changes of `status`."""
        ...

    async def refresh(self) -> None:
        """The directory of devices has changed."""
        ...

    async def print_test(self, device_id: str, language: str) -> str:
        """Ask for a test ticket; the command's id.

        Raises:
            UnknownDeviceError: There is no such device.
            NotLinkedError: It cannot be reached now.
            ErrandPendingError: It was asked a moment ago.
        """
        ...


class TimeKeeper(Protocol):
    """Opening hours and the driven clock."""

    def is_open(self) -> bool:
        """Whether kiosks give numbers now."""
        ...

    async def drive_to(self, at_ms: int) -> None:
        """Move the driven clock and let the business day follow.

        Raises:
            LookupError: this server follows the real clock.
            ValueError: time would go back.
        """
        ...


class Leaves(Protocol):
    """Looks up tickets that left the floor. Blocking."""

    def leg(self, ticket_id: str) -> LegRow | None:
        """The last leg of a ticket."""
        ...


class CatalogueSource(Protocol):
    """The published catalogue and the hall's settings that go with it."""

    def current(self) -> msg.Catalogue:
        """The catalogue as kiosks get it."""
        ...

    def json(self) -> tuple[bytes, str]:
        """The same, encoded once, with its entity tag."""
        ...


Fingerprint = Callable[[str, date], str]
"""A document number and a business date to a keyed fingerprint."""


@dataclass(frozen=True, slots=True)
class Hall:
    """All of it."""

    hall_id: str
    time_zone: str
    languages: tuple[str, ...]
    secure: bool
    service: HallService
    clock: Clock
    own_today: Callable[[WindowId], Mapping[str, int | None]]
    people: People
    enrolment: Enrolment
    figures: Figures
    live: Live
    devices: DeviceDesk
    keeper: TimeKeeper
    tickets: Leaves
    catalogue: CatalogueSource
    signs: Callable[[], Signage]
    say: Say
    fingerprint: Fingerprint
    appointment_secret: bytes
    mask_name: Callable[[str], str]
    new_id: Callable[[], str]
    new_token: Callable[[], str]
    operator_hash: str
    wall_ms: Callable[[], int]
    metrics: Callable[[], bytes]
    health: Callable[[], Mapping[str, object]]
