"""What an item asks of people: materials, limits, fee, basis, and what cannot be finished here.

The catalogue's `extra` belongs to the pack (its JSON Schema is in `assets/packs/<id>`); here it is
read into one frozen shape for the screens. A field that a pack does not have stays empty, and the
screen then says nothing about it.
"""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from queue_server.contract.messages import Catalogue, CatalogueItem

Names = dict[str, str]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Limit(_Part):
    """A time limit. `value` counts `unit`s; "instant" means while you wait."""

    value: int
    unit: Literal["instant", "working_day", "day"]
    note: Names | None = None


class Fee(_Part):
    """One fee; `amount` is a decimal, `unit` says of what ("yuan a card")."""

    name: Names
    amount: str
    currency: str = ""
    unit: Names | None = None
    basis: Names | None = None


class Fees(_Part):
    """Whether the matter costs anything, and what."""

    charged: bool
    fees: tuple[Fee, ...] = ()


class Material(_Part):
    """One paper to bring."""

    order: int = 0
    name: Names
    kind: Literal["original", "copy", "original_and_copy", "original_or_copy"] = "original"
    copies: int = 1
    necessity: Literal["required", "if_applicable"] = "required"
    source: Names | None = None


class ModeHint(_Part):
    """How far the matter goes in this hall, in the pack's own words."""

    id: str
    names: Names = Field(default_factory=dict)
    hint: Names = Field(default_factory=dict)


class Stage(_Part):
    """One stage of a matter's way through the offices."""

    name: Names
    owner: Names | None = None
    limit: Limit | None = None


class Result(_Part):
    """What people hold in their hands in the end."""

    name: Names | None = None


class Mode(StrEnum):
    """Handling modes with sentences of our own; a pack may know others."""

    HERE = "here"
    ASSIST = "assist"
    RELAY = "relay"
    ADVICE = "advice"


class Guide(_Part):
    """All a screen can say about an item before anybody queues for it."""

    materials: tuple[Material, ...] = ()
    legal_limit: Limit | None = None
    promised_limit: Limit | None = None
    fee: Fees | None = None
    condition: Names | None = None
    basis: Names | None = None
    steps: tuple[Stage, ...] = ()
    result: Result | None = None
    where: Names | None = None
    handling_mode: str | ModeHint = ""

    @property
    def mode_id(self) -> str:
        """Id of the handling mode; empty where the pack names none."""
        mode = self.handling_mode
        return mode.id if isinstance(mode, ModeHint) else mode


class BadItemError(ValueError):
    """An item's fields are not in the shape the kiosk can show; names the item."""


def guide_of(item: CatalogueItem) -> Guide:
    """Read an item's `extra`.

    Raises:
        BadItemError: A field has another shape than the packs' schema says.
    """
    try:
        guide = Guide.model_validate(item.extra)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadItemError(f"{item.service_id}: {place}: {first['msg']}") from error
    ordered = tuple(sorted(guide.materials, key=lambda material: material.order))
    return guide.model_copy(update={"materials": ordered})


def check_items(catalogue: Catalogue) -> None:
    """See that every item can be shown, before any of them is.

    Raises:
        BadItemError: The first one that cannot.
    """
    for item in catalogue.items:
        guide_of(item)


def advice_item(catalogue: Catalogue | None) -> CatalogueItem | None:
    """The item of "find somebody to help me": the pack's, else the first that only advises."""
    if catalogue is None:
        return None
    named = next((i for i in catalogue.items if i.service_id == catalogue.help_service), None)
    return named or next((i for i in catalogue.items if guide_of(i).mode_id == Mode.ADVICE), None)
