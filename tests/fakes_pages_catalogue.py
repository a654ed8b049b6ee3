"""The township pack's catalogue as a kiosk or a page gets it."""

from collections.abc import Mapping, Sequence

from queue_server.contract import messages as msg
from tests.fakes_pages_hall import ITEMS, PACK, WINDOW_NAMES


def full_catalogue(languages: Sequence[str]) -> msg.Catalogue:
    def words(row: Mapping[str, object]) -> list[str]:
        return [text for texts in row["aliases"].values() for text in texts]

    items = [
        msg.CatalogueItem(**{**row, "aliases": words(row), "search_keys": words(row)})
        for row in ITEMS
    ]
    return msg.Catalogue(
        version="1",
        hash="0",
        pack="cn-township",
        hall_id="shili-township",
        hall_name=PACK["demo"]["names"],
        languages=list(languages),
        id_reader=True,
        groups=[
            msg.CatalogueGroup(
                group_id=g["id"], name=g["names"], icon=g["icon"], windows=list(WINDOW_NAMES)[:1]
            )
            for g in PACK["group"]
        ],
        topics=[],
        items=items,
        priority_classes=[
            msg.CataloguePriority(class_id=p["id"], name=p["names"]) for p in PACK["priority"]
        ],
        public_url=None,
    )
