"""The guide of an item: everything known about it, to read, to print, or to take a number for."""

from collections.abc import Sequence

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk import shelf
from kiosk.guide import Guide, Mode, guide_of
from kiosk.guide_words import facts, stages
from kiosk.look_up_state import Leaflet as Sheet
from kiosk.paper_job import mode_hint
from kiosk.signals import Kind
from kiosk.ui import sayings
from kiosk.ui.leaflet import Leaflet
from kiosk.ui.scene import Scene, column, follow_height, row
from kiosk.ui.screens.confirm import materials
from kiosk.ui.widgets import Panel, Text, Touch
from queue_server.contract.messages import CatalogueItem

LEAST_SHARE = 3.5
"""Of the page, in lines: room for a heading and a paper with a long name."""


def build(scene: Scene) -> Widget:
    """Portrait: one column. Landscape: what to bring at the left, what to know at the right."""
    item = shelf.item(scene.world.catalogue, scene.visit.service_id)
    if item is None:  # the session leaves this screen when an item goes
        return Widget()
    theme, guide = scene.theme, guide_of(item)
    page = BoxLayout(orientation="vertical", spacing=theme.gap_px)
    page.add_widget(column(*_names(scene, item), *_notes(scene, guide), spacing=theme.tight_px))
    told = [
        *facts(item, guide, scene.world.catalogue, scene.speech),
        *stages(guide, scene.speech),
    ]
    bring, know = materials(scene, guide), _facts(scene, told)
    bring.padding = know.padding
    if theme.portrait:
        # Each gets room by how much it has to say.
        bring.size_hint_y = max(LEAST_SHARE, 1 + len(guide.materials))
        know.size_hint_y = max(LEAST_SHARE, 1 + len(told))
        page.add_widget(bring)
        page.add_widget(know)
    else:
        page.add_widget(row(bring, know, spacing=theme.gap_px))
    page.add_widget(_buttons(scene))
    return page


def _names(scene: Scene, item: CatalogueItem) -> list[Widget]:
    """What people call it, and what the office calls it."""
    plain, official = scene.speech.pick(item.plain_name), scene.speech.pick(item.name)
    made: list[Widget] = [scene.title(plain or official)]
    if plain and official and plain != official:
        made.append(scene.caption(official))
    return made


def _notes(scene: Scene, guide: Guide) -> list[Widget]:
    """What became of the paper, and how far the matter goes in this hall."""
    made = _paper_notes(scene)
    hint = mode_hint(guide, scene.speech)
    here = guide.mode_id == Mode.HERE
    if hint and not (here and made):  # good news makes room for other news
        icon, tone = ("check-circle", "calm") if here else ("info", "warning")
        made.insert(0, scene.note(icon, hint, tone))
    return made


def _paper_notes(scene: Scene) -> list[Widget]:
    made: list[Widget] = []
    inquiry = scene.visit.inquiry
    trouble = scene.world.printer.trouble
    match inquiry.leaflet:
        case Sheet.PRINTING:
            made.append(scene.note("printer", scene._("The guide is being printed…"), "calm"))
        case Sheet.PRINTED:
            made.append(scene.note("check-circle", scene._("Please take the paper."), "calm"))
        case Sheet.PERHAPS:
            words = scene._(
                "The printer did not say whether the paper came out. If it did not, print it again."
            )
            made.append(scene.note("printer", words))
        case Sheet.TORN:
            why = sayings.fault(inquiry.leaflet_fault or "paper-out", scene.speech)
            words = scene._("The paper broke off. {why} Everything stands on this screen too.")
            made.append(scene.note("paper-out", words.format(why=why)))
        case Sheet.FAILED:
            why = sayings.fault(inquiry.leaflet_fault or "unavailable", scene.speech)
            words = scene._(
                "The guide was not printed. {why} Everything stands on this screen too."
            )
            made.append(scene.note("paper-out", words.format(why=why)))
        case Sheet.NONE if trouble:
            why = sayings.fault(trouble, scene.speech)
            words = scene._("The printer cannot print just now. {why}")
            made.append(scene.note("paper-out", words.format(why=why)))
    return made


def _facts(scene: Scene, told: Sequence[tuple[str, str]]) -> Panel:
    """In leaves where they are long."""
    theme = scene.theme
    rows = [_line(scene, label, words) for label, words in told]
    panel = scene.panel(padding=(theme.pad_px, theme.px(20)))
    panel.add_widget(Leaflet(scene, "facts", scene._("Good to know"), rows))
    return panel


def _line(scene: Scene, label: str, words: str) -> BoxLayout:
    """Its label at the left, what it says at the right."""
    theme = scene.theme
    name = scene.caption(label, size_hint_x=0.34 if theme.portrait else 0.42)
    told = Text(words=words, size_px=theme.body_px)
    name.pos_hint = told.pos_hint = {"top": 1}
    line = row(name, told, spacing=theme.gap_px, size_hint_y=None)
    follow_height(line, [name, told])
    return line


def _buttons(scene: Scene) -> BoxLayout:
    """Print it, or take a number for it."""
    theme = scene.theme
    parts: list[Touch] = []
    if offers_paper(scene):
        again = scene.visit.inquiry.leaflet is not Sheet.NONE
        label = scene._("Print it again") if again else scene._("Print this guide")
        parts.append(scene.button(Kind.PRINT_GUIDE, label, "printer"))
    parts.append(scene.main_button(Kind.TAKE, scene._("Take a number for this"), "ticket"))
    return row(*parts, spacing=theme.gap_px, size_hint_y=None, height=theme.button_px)


def offers_paper(scene: Scene) -> bool:
    """A printer that works and is not busy with this very guide."""
    return scene.world.printer.ready and scene.visit.inquiry.leaflet is not Sheet.PRINTING
