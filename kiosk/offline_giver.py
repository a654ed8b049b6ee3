"""A number of the kiosk's own, as the visitor flow wants it: a ticket, and a code for its paper."""

from collections.abc import Callable
from datetime import datetime

from kiosk import shelf
from kiosk.effects import Issue
from kiosk.offline_book import NoGrantError, OfflineBook, OfflineNumber
from kiosk.signals import Issued
from queue_server.contract.ids import RequestKey
from queue_server.contract.messages import Catalogue, TicketAnswer, TicketState
from queue_server.contract.paper_code import PaperCode, encode, paper_key


class OfflineGiver:
    """Gives numbers from the kiosk's own series.

    Args:
        book: The kiosk's memory.
        true_now: The time, corrected by the server's clock.
        device_id: This kiosk.
        token_hash: SHA-256 of its token, in hex: signs the papers.
        hurry: Told of every number, so that it is brought in soon.
    """

    def __init__(
        self,
        book: OfflineBook,
        true_now: Callable[[], datetime],
        device_id: str,
        token_hash: str,
        hurry: Callable[[], None],
    ) -> None:
        self._book = book
        self._true_now = true_now
        self._device_id = device_id
        self._key = paper_key(token_hash)
        self._hurry = hurry

    def ready(self) -> bool:
        """Whether a number could be given now."""
        return self._book.may_give(self._true_now())

    def full(self) -> frozenset[str]:
        """Items of which no number could be given now, because their quota is full."""
        return self._book.full()

    def earlier(self, key: RequestKey) -> Issued | None:
        """The number a request already got here.

        Raises:
            sqlite3.Error: The memory cannot be read.
        """
        number = self._book.given(key)
        return None if number is None else self._issued(number)

    def give(self, errand: Issue, catalogue: Catalogue | None) -> Issued:
        """The next number, committed.

        Raises:
            NoGrantError: This kiosk may not give one now.
            sqlite3.Error: The memory cannot be written: nothing was given.
            OSError: Likewise.
        """
        item = shelf.item(catalogue, errand.request.service_id) if catalogue else None
        if item is None:
            raise NoGrantError("unknown item")
        number = self._book.give(errand.key, errand.request, item.group_id, self._true_now())
        if errand.on_screen:
            self._book.shown(errand.key)
        self._hurry()
        return self._issued(number)

    def _issued(self, number: OfflineNumber) -> Issued:
        ticket = TicketAnswer(
            ticket_id=number.key,
            visit_id=number.key,
            number=number.number,
            service_id=number.service_id,
            group_id=number.group_id,
            state=TicketState.UNCONFIRMED,
            ahead=0,
            windows=[],
            wait=None,
            issued_at=number.issued_at,
            business_date=number.issued_at.date(),
            priority_class=number.class_id,
        )
        code = PaperCode(
            device_id=self._device_id,
            grant_id=number.grant_id,
            number=number.number,
            service_id=number.service_id,
            request_key=number.key,
            issued_s=int(number.issued_at.timestamp()),
            class_id=number.class_id or "",
        )
        return Issued(number.key, ticket, encode(code, self._key))
