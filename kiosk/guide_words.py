"""What a guide says beside the papers to bring, on the screen and on paper alike. Pure."""

from kiosk import shelf
from kiosk.guide import Guide
from kiosk.lang import Speech
from kiosk.ui import sayings
from queue_server.contract.messages import Catalogue, CatalogueItem
from queue_server.contract.problems import N_
from queue_server.paper.wording import windows_sentence


def facts(
    item: CatalogueItem, guide: Guide, catalogue: Catalogue | None, speech: Speech
) -> list[tuple[str, str]]:
    """Label and words, in order; what the catalogue does not say is left out."""
    result = guide.result.name if guide.result else None
    promised, legal = guide.promised_limit, guide.legal_limit
    told = [
        (N_("Who can apply"), speech.pick(guide.condition) if guide.condition else ""),
        (N_("Where to go"), where(item, guide, catalogue, speech)),
        (N_("We promise"), sayings.limit(promised, speech) if promised else ""),
        (N_("The law allows"), sayings.limit(legal, speech) if legal else ""),
        (N_("Fee"), sayings.fees(guide, speech)),
        (N_("You receive"), speech.pick(result) if result else ""),
        (N_("Legal basis"), speech.pick(guide.basis) if guide.basis else ""),
    ]
    return [(speech.gettext(label), words) for label, words in told if words]


def stages(guide: Guide, speech: Speech) -> list[tuple[str, str]]:
    """The way through the offices: what happens, who does it, how long that may take."""
    made = []
    for number, stage in enumerate(guide.steps, start=1):
        aside = [
            speech.pick(stage.owner) if stage.owner else "",
            sayings.limit(stage.limit, speech) if stage.limit else "",
        ]
        words = "\n".join([speech.pick(stage.name), " · ".join(part for part in aside if part)])
        made.append((speech.gettext(N_("Step {n}")).format(n=number), words.strip()))
    return made


def where(item: CatalogueItem, guide: Guide, catalogue: Catalogue | None, speech: Speech) -> str:
    """The place and its windows; empty where neither is known."""
    group = shelf.group(catalogue, item.group_id) if catalogue else None
    windows = windows_sentence(group.windows, speech) if group and group.windows else ""
    place = speech.pick(guide.where) if guide.where else ""
    if not place or not windows:
        return place or windows
    return speech.gettext(N_("{place}, {windows}")).format(place=place, windows=windows)
