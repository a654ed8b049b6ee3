"""What the kiosk's tests and its picture book are made of: a catalogue, a board, tickets."""

from datetime import UTC, date, datetime
from functools import cache

from queue_server.contract.messages import (
    BoardSnapshot,
    Catalogue,
    CatalogueGroup,
    CatalogueItem,
    CataloguePriority,
    CatalogueTopic,
    TicketAnswer,
    TicketState,
    Wait,
    WaitingRow,
)
from queue_server.contract.paper_code import PaperCode, encode, paper_key
from queue_server.packs import Pack, load_pack, shipped_pack, thaw

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
TICKET_ID = "019593a4-7c00-7000-8000-00000000b012"
COUNTS = {"A": 4, "B": 12, "C": 0, "D": 3, "E": 1, "F": 0, "G": 2}


@cache
def pack(pack_id: str = "cn-township") -> Pack:
    """A shipped one; reading and checking it takes a quarter of a second."""
    return load_pack(shipped_pack(pack_id))


def catalogue(public_url: str | None = None, pack_id: str = "cn-township") -> Catalogue:
    """The shipped catalogue as the server hands it out."""
    shipped = pack(pack_id)
    return Catalogue(
        version=str(shipped.catalogue.version),
        hash=shipped.catalogue.hash,
        pack=shipped.id,
        hall_id="demo",
        hall_name=dict(shipped.demo.names),
        languages=list(shipped.languages),
        id_reader=True,
        groups=[
            CatalogueGroup(
                group_id=group.id,
                name=dict(group.names),
                icon=group.icon,
                windows=[w.id for w in shipped.demo.windows if group.id in w.serves],
            )
            for group in shipped.groups
        ],
        topics=[
            CatalogueTopic(topic_id=topic.id, name=dict(topic.names), icon=topic.icon)
            for topic in shipped.topics
        ],
        items=[
            CatalogueItem(
                service_id=item.id,
                group_id=item.group_id,
                name=dict(item.name),
                plain_name=dict(item.plain_name),
                aliases=[alias for aliases in item.aliases.values() for alias in aliases],
                search_keys=list(item.search_keys),
                icon=item.icon,
                topics=list(item.topics),
                target_s=item.target_s,
                extra=dict(thaw(item.extra)),
            )
            for item in shipped.catalogue.items
        ],
        priority_classes=[
            CataloguePriority(class_id=known.id, name=dict(known.names))
            for known in shipped.priority_classes
        ],
        public_url=public_url,
    )


def wait(count: int) -> Wait | None:
    if count == 0:
        return None
    likely_s = 240 * count
    return Wait(low_s=likely_s // 2, likely_s=likely_s, high_s=likely_s * 2 - 60, computed_at=AT)


def board(*, is_open: bool = True, rev: int = 7) -> BoardSnapshot:
    shipped = pack()
    return BoardSnapshot(
        v=1,
        epoch=1,
        rev=rev,
        hall_id="demo",
        hall_name=dict(shipped.demo.names),
        business_date=date(2026, 3, 2),
        open=is_open,
        serving=[],
        waiting={
            group.id: WaitingRow(
                group_id=group.id,
                name=dict(group.names),
                count=COUNTS[group.id],
                wait=wait(COUNTS[group.id]),
            )
            for group in shipped.groups
        },
        recent=[],
        notice={},
        at=AT,
    )


def ticket(
    number: str = "B012",
    service_id: str = "B01",
    *,
    state: TicketState = TicketState.WAITING,
    ahead: int = 3,
    ticket_id: str = TICKET_ID,
    masked_name: str | None = None,
    priority_class: str | None = None,
) -> TicketAnswer:
    return TicketAnswer(
        ticket_id=ticket_id,
        visit_id="019593a4-7c00-7000-8000-0000000000aa",
        number=number,
        service_id=service_id,
        group_id=service_id[0],
        state=state,
        ahead=ahead,
        windows=["1", "2"],
        wait=Wait(low_s=480, likely_s=900, high_s=1560, computed_at=AT),
        issued_at=AT,
        business_date=date(2026, 3, 2),
        priority_class=priority_class,
        masked_name=masked_name,
    )


PAPER_CODE = encode(
    PaperCode(
        device_id="kiosk-entrance",
        grant_id="019593a4-7c00-7000-8000-0000000000aa",
        number="B2-07",
        service_id="B01",
        request_key=TICKET_ID,
        issued_s=int(AT.timestamp()),
        class_id="elderly",
    ),
    paper_key("ab" * 32),
)


def alone() -> TicketAnswer:
    """A number the kiosk gave itself, as `kiosk.offline_giver` makes it."""
    return ticket("B2-07", state=TicketState.UNCONFIRMED, ahead=0).model_copy(
        update={"windows": [], "wait": None}
    )


__all__ = ["AT", "PAPER_CODE", "TICKET_ID", "alone", "board", "catalogue", "pack", "ticket", "wait"]
