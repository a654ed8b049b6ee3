"""Draws every page of the kiosk without server or devices, and measures what stands on it.

    python -m tests.kiosk_gallery --size 1080x1920 --out DIR [--only NAME] [--language zh_CN]

Runs as a program of its own, because Kivy allows one window a process. Writes a PNG for each page
and language, and `report.json`: for each page the texts, the touch targets, and every text that is
cut or leaves its place.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from kiosk.lang import Languages
from kiosk.shown import Shown
from kiosk.ui import runtime
from kiosk.ui.theme import Theme
from kiosk.visit import (
    Document,
    Equipment,
    Interrupted,
    Paper,
    Refusal,
    Screen,
    ServerHealth,
    Session,
    TornTicket,
    Visit,
    World,
)
from queue_server.contract.ids import ClassId, RequestKey, ServiceId
from queue_server.contract.messages import TicketRequest, TicketState
from queue_server.contract.problems import Code
from tests import fakes_kiosk as fakes

WELL = Equipment(fitted=True, online=True)
NOW = datetime(2026, 3, 2, 9, 30)  # noqa: DTZ001 - local time, as the header shows it
LONGEST_ITEM = ServiceId("C01")


def world() -> World:
    return World(
        catalogue=fakes.catalogue(),
        board=fakes.board(),
        server=ServerHealth.OK,
        printer=WELL,
        reader=WELL,
        scanner=WELL,
    )


def pages() -> Iterator[tuple[str, Session, int | None]]:
    """Every page in the states that look different."""
    well = world()
    ill = replace(
        well,
        server=ServerHealth.UNREACHABLE,
        printer=Equipment(fitted=True, online=True, faults=("paper-out",)),
    )
    cut_off = replace(well, server=ServerHealth.UNREACHABLE, gives_alone=True)
    closed = replace(well, board=fakes.board(is_open=False))
    stopped = replace(
        well,
        interrupted=Interrupted(
            RequestKey("k"), TicketRequest(service_id="B01"), "zh_CN", maybe_printed=False
        ),
    )
    bare = World(server=ServerHealth.UNTRIED)
    person = Document("resident", "522601199001010010", "䶮*三")
    item = Visit(section_id="old-age", service_id=ServiceId("B01"))
    long = Visit(section_id="relief", service_id=LONGEST_ITEM)
    got = replace(item, ticket=fakes.ticket(), paper=Paper.PRINTED)

    def at(screen: Screen, visit: Visit | None = None, around: World = well) -> Session:
        return Session(screen, "zh_CN", "zh_CN", visit=visit or Visit(), world=around)

    yield "home", at(Screen.HOME), None
    yield "home-bare", at(Screen.HOME, around=bare), None
    yield "home-ill", at(Screen.HOME, Visit(fault="card-read-failed"), ill), None
    yield "home-cut-off", at(Screen.HOME, around=cut_off), None
    yield "home-closed", at(Screen.HOME, around=closed), None
    yield "home-stopped", at(Screen.HOME, around=stopped), None
    torn = replace(well, torn=TornTicket(fakes.ticket(), "zh_CN", "", 1, 0.0))
    yield "home-torn", at(Screen.HOME, around=torn), None
    yield "sections", at(Screen.SECTIONS), None
    yield "sections-person", at(Screen.SECTIONS, Visit(document=person)), 18
    yield "items", at(Screen.ITEMS, item), None
    yield "confirm", at(Screen.CONFIRM, item), None
    yield (
        "confirm-long",
        at(
            Screen.CONFIRM,
            replace(long, document=person, for_other=True, priority=ClassId("soldier")),
            replace(well, printer=Equipment(fitted=True, online=True, faults=("paper-out",))),
        ),
        None,
    )
    yield "confirm-fee", at(Screen.CONFIRM, replace(item, service_id=ServiceId("D03"))), 15
    yield "identify", at(Screen.IDENTIFY, item), None
    yield (
        "identify-none",
        at(
            Screen.IDENTIFY,
            replace(item, document=person),
            replace(well, reader=Equipment(), scanner=Equipment()),
        ),
        None,
    )
    yield "priority", at(Screen.PRIORITY, replace(item, priority=ClassId("elderly"))), None
    yield "no-paper", at(Screen.NO_PAPER, item, ill), None
    yield "issuing", at(Screen.ISSUING, item), None
    yield "unsure", at(Screen.UNSURE, replace(item, was_sent=True)), None
    yield (
        "refused",
        at(
            Screen.REFUSED,
            replace(item, refusal=Refusal(Code.NOT_OPEN)),
        ),
        None,
    )
    yield (
        "refused-silent",
        at(Screen.REFUSED, replace(item, request=TicketRequest(service_id="B01"))),
        None,
    )
    params = MappingProxyType({"number": "B012", "ticket_id": fakes.TICKET_ID})
    yield (
        "duplicate",
        at(Screen.DUPLICATE, replace(got, refusal=Refusal(Code.DUPLICATE_TICKET, params))),
        None,
    )
    yield "printing", at(Screen.PRINTING, replace(got, paper=Paper.NOT_YET)), None
    yield "ask-printed", at(Screen.ASK_PRINTED, got), None
    yield "ticket", at(Screen.TICKET, got), None
    yield "ticket-warning", at(Screen.TICKET, got), 12
    yield (
        "ticket-alone",
        at(
            Screen.TICKET,
            replace(got, ticket=fakes.alone(), paper_code=fakes.PAPER_CODE),
            cut_off,
        ),
        None,
    )
    broken = replace(got, paper=Paper.TORN, fault="paper-out")
    yield "ticket-torn", at(Screen.TICKET, broken, ill), None
    yield "ticket-torn-cover", at(Screen.TICKET, replace(broken, fault="cover-open"), ill), None
    yield (
        "ticket-failed",
        at(
            Screen.TICKET,
            replace(
                got, paper=Paper.FAILED, fault="paper-out", ticket=fakes.ticket(masked_name="䶮*三")
            ),
        ),
        None,
    )
    yield "finding", at(Screen.FINDING), None
    yield "found", at(Screen.FOUND, Visit(ticket=fakes.ticket())), None
    called = Visit(ticket=fakes.ticket(state=TicketState.NO_SHOW))
    yield "found-no-show", at(Screen.FOUND, called), None
    yield "help", at(Screen.HELP, item), None


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", default="1080x1920")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--language", default="")
    args = parser.parse_args()
    width, height = (int(part) for part in args.size.split("x"))
    runtime.configure(runtime.WindowSettings(width, height, runtime.Screen.OFFSCREEN))
    args.out.mkdir(parents=True, exist_ok=True)
    codes = (args.language,) if args.language else ("zh_CN", "en")
    wanted = [page for page in pages() if page[0] in args.only.split(",") or not args.only]
    _draw(Theme(width, height), codes, wanted, args.out)


def _draw(
    theme: Theme,
    codes: tuple[str, ...],
    wanted: list[tuple[str, Session, int | None]],
    out: Path,
) -> None:
    from kivy.base import EventLoop  # noqa: PLC0415 - after configure
    from kivy.clock import Clock  # noqa: PLC0415 - after configure

    from kiosk.ui import inspection  # noqa: PLC0415 - after configure
    from kiosk.ui.app import KioskApp  # noqa: PLC0415 - after configure

    app = KioskApp(theme, Languages(("zh_CN", "en")), lambda _tap: None, lambda: NOW)
    report = {}
    queue = [(code, index, page) for code in codes for index, page in enumerate(wanted)]

    def next_one(_elapsed_s: float) -> None:
        if not queue:
            (out / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=1))
            app.stop()
            return
        code, index, (name, session, warning) = queue.pop(0)
        serial = index + 1000 * codes.index(code)
        app.receive(Shown(replace(session, language=code, serial=serial), warning))
        for _ in range(3):
            EventLoop.idle()
        runtime.screenshot(out / f"{name}-{code}.png")
        report[f"{name}-{code}"] = {
            "look": inspection.look(app.root, theme.height_px),
            "faults": inspection.faults(app.root, theme),
        }
        Clock.schedule_once(next_one, 0)

    Clock.schedule_once(next_one, 0)
    app.run()


if __name__ == "__main__":
    main()
