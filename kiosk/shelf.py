"""How the catalogue lies on the kiosk's shelves: sections of items, found by life event. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from queue_server.contract.messages import Catalogue, CatalogueGroup, CatalogueItem, WaitingRow

OTHER = "-other"
"""Section of the items that no topic shows; a topic id never starts with a hyphen."""


@dataclass(frozen=True, slots=True)
class Section:
    """A tile of the second screen.

    Attributes:
        section_id: A topic's id, a group's id, or `OTHER`.
        name: In every language of the pack; empty for `OTHER`, which the screen names itself.
        icon: Stem of an icon.
        items: In the catalogue's order, at least one.
    """

    section_id: str
    name: Mapping[str, str]
    icon: str
    items: tuple[CatalogueItem, ...]


def sections(catalogue: Catalogue) -> tuple[Section, ...]:
    """Topics with their items, or groups where the catalogue has no topics; none is empty."""
    if not catalogue.topics:
        made = [
            Section(
                group.group_id,
                group.name,
                group.icon,
                tuple(item for item in catalogue.items if item.group_id == group.group_id),
            )
            for group in catalogue.groups
        ]
        return tuple(section for section in made if section.items)
    made = [
        Section(
            topic.topic_id,
            topic.name,
            topic.icon,
            tuple(item for item in catalogue.items if topic.topic_id in item.topics),
        )
        for topic in catalogue.topics
    ]
    known = {topic.topic_id for topic in catalogue.topics}
    rest = tuple(item for item in catalogue.items if not known.intersection(item.topics))
    made.append(Section(OTHER, {}, "more", rest))
    return tuple(section for section in made if section.items)


def section(catalogue: Catalogue | None, section_id: str) -> Section | None:
    """One section, or None when the catalogue has none of that id (any more)."""
    if catalogue is None:
        return None
    return next((s for s in sections(catalogue) if s.section_id == section_id), None)


def item(catalogue: Catalogue | None, service_id: str | None) -> CatalogueItem | None:
    """One item, or None when the catalogue has none of that id (any more)."""
    if catalogue is None:
        return None
    return next((i for i in catalogue.items if i.service_id == service_id), None)


def group(catalogue: Catalogue, group_id: str) -> CatalogueGroup | None:
    """One group, or None."""
    return next((g for g in catalogue.groups if g.group_id == group_id), None)


def waiting_row(waiting: Mapping[str, WaitingRow] | None, group_id: str) -> WaitingRow | None:
    """A group's queue, or None where nothing is known of it."""
    return waiting.get(group_id) if waiting else None
