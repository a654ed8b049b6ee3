"""Every item is found in two touches by topic, and has its number in four, without a card."""

import os

from queue_server.contract.messages import CatalogueItem
from tests import fakes_kiosk as fakes
from tests.kiosk_stage import Stage

TOUCHES_MOST = 4
LONG = os.environ.get("BIANMIN_LONG") == "1"


def farthest() -> list[CatalogueItem]:
    """The last item of each topic; all of them in the long form."""
    items = fakes.catalogue().items
    if LONG:
        return items
    return list({item.topics[0]: item for item in items}.values())


def touches_to(stage: Stage, kind: str, value: str | None = None) -> int:
    """Touch something, turning leaves until it can be seen; how many touches that took."""
    stage.pass_s(1.0)
    count = 1
    while not any(
        each["kind"] == kind and value in {None, each["value"]} for each in stage.look()["touch"]
    ):
        stage.tap("stay")
        stage.pass_s(1.0)
        count += 1
        assert count < 2 * TOUCHES_MOST, f"no {kind} {value} on {stage.screen}"
    stage.tap(kind, value)
    stage.pass_s(1.0)
    return count


def way_every_item_in_four_touches(stage: Stage) -> None:
    _every_item(stage, "")


def _every_item(stage: Stage, language: str) -> None:
    """Whoever changes the language touches once more, and that is not counted."""
    needed = {}
    for item in farthest():
        if language:
            stage.tap("language", language)
            stage.pass_s(1.0)
        issued = len(stage.hall.issued)
        count = touches_to(stage, "start") + touches_to(stage, "pick_section", item.topics[0])
        if stage.screen == "items":
            count += touches_to(stage, "pick_item", item.service_id)
        count += touches_to(stage, "confirm")
        stage.until(lambda: stage.screen == "ticket")
        assert stage.hall.issued[issued].service_id == item.service_id
        needed[item.service_id] = count
        stage.go("done")
    many = {item: count for item, count in needed.items() if count > TOUCHES_MOST}
    assert not many, many
    assert len(needed) == len(farthest())


if LONG:

    def way_every_item_in_four_touches_in_english(stage: Stage) -> None:
        _every_item(stage, "en")
