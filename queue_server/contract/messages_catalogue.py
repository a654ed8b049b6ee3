"""The published catalogue."""

from typing import Annotated

from pydantic import Field

from queue_server.contract.ids import GROUP_PATTERN
from queue_server.contract.messages_base import Answer


class CatalogueGroup(Answer):
    """A service group: the items that share a queue and a series."""

    group_id: Annotated[str, Field(pattern=GROUP_PATTERN)]
    name: dict[str, str]
    icon: str
    windows: list[str]


class CatalogueItem(Answer):
    """A service item; `extra` holds the pack's fields, already in every language of the pack."""

    service_id: str
    group_id: str
    name: dict[str, str]
    plain_name: dict[str, str]
    aliases: list[str]
    search_keys: list[str]
    icon: str
    topics: list[str]
    target_s: int | None
    extra: dict[str, object]


class CatalogueTopic(Answer):
    """A life event that items are found under."""

    topic_id: str
    name: dict[str, str]
    icon: str


class CataloguePriority(Answer):
    """A priority class a citizen may ask for. The reason is never asked."""

    class_id: str
    name: dict[str, str]


class Catalogue(Answer):
    """`GET /api/v1/catalogue`: all a kiosk needs to lead a citizen, also when cut off.

    `help_service` is the item whose number people get who want to talk to somebody.
    """

    version: str
    hash: str
    pack: str
    hall_id: str
    hall_name: dict[str, str]
    languages: list[str]
    id_reader: bool
    groups: list[CatalogueGroup]
    topics: list[CatalogueTopic]
    items: list[CatalogueItem]
    priority_classes: list[CataloguePriority]
    public_url: str | None
    help_service: str | None = None
