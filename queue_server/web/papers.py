"""The paper that a kiosk printed while it was cut off, by the signed code on it."""

import asyncio
from datetime import UTC, datetime

from pydantic import ValidationError

from queue_server.contract import paper_code
from queue_server.contract.messages_offline import OfflineTicket
from queue_server.contract.problems import Code
from queue_server.web.deps import Hall
from queue_server.web.problems import Refused


async def number_of_paper(hall: Hall, text: str) -> OfflineTicket:
    """What the code says.

    Raises:
        Refused: "paper-refused", no kiosk of this hall signed it.
    """
    try:
        code, _mac = paper_code.read(text)
        ticket = OfflineTicket(
            request_key=code.request_key,
            grant_id=code.grant_id,
            number=code.number,
            service_id=code.service_id,
            issued_at=datetime.fromtimestamp(code.issued_s, UTC),
            printed=True,
            priority_class=code.class_id or None,
        )
    except (paper_code.BadPaperCodeError, ValidationError, ValueError, OverflowError) as error:
        raise Refused(Code.PAPER_REFUSED) from error
    token_hash = await asyncio.to_thread(hall.people.device_secret, code.device_id)
    if token_hash is None or not paper_code.is_signed(text, paper_code.paper_key(token_hash)):
        raise Refused(Code.PAPER_REFUSED)
    return ticket
