"""One item: what it asks of people, for whom they come, and the button that takes the number."""

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk import shelf
from kiosk.guide import Guide, Material, Mode, guide_of
from kiosk.moves_choosing import PRINCIPAL
from kiosk.paper_job import mode_hint, wait_of
from kiosk.signals import Kind
from kiosk.ui import notices, sayings
from kiosk.ui.leaflet import Leaflet
from kiosk.ui.scene import Scene, column, follow_height, middle, row
from kiosk.ui.widgets import Icon, Panel, Text, Touch
from kiosk.visit import Document
from queue_server.contract.messages import CatalogueItem
from queue_server.paper.wording import NoEstimate, wait_sentence


def build(scene: Scene) -> Widget:
    """Portrait: one column. Landscape: the materials at the left, all else at the right."""
    item = shelf.item(scene.world.catalogue, scene.visit.service_id)
    if item is None:  # the session leaves this screen when an item goes
        return Widget()
    theme, guide = scene.theme, guide_of(item)
    names = column(*_names(scene, item), spacing=theme.tight_px)
    urgent = notices.confirm(scene, item)
    said = [*urgent, *_notes(scene, guide, brief=bool(urgent))]
    notes = column(*said, spacing=theme.tight_px)
    page = BoxLayout(orientation="vertical", spacing=theme.gap_px)
    if theme.portrait:
        head = column(names, notes, spacing=theme.tight_px)
        # The button by itself: it keeps its place when the rest is too long for the page.
        end = _end(scene, item)
        tail = column(*end[:-1], spacing=theme.gap_px)
        for part in (head, materials(scene, guide), _facts(scene, guide), tail, *end[-1:]):
            page.add_widget(part)
        return page
    right = BoxLayout(orientation="vertical", spacing=theme.gap_px)
    right.add_widget(notes)
    right.add_widget(_fact_list(scene, guide))
    tail = column()
    if not notices.obstacle(scene.world, item, scene.speech):
        choices, *rest = _end(scene, item)
        take = column(*rest, spacing=theme.tight_px, size_hint_x=0.8)
        tail = row(choices, take, spacing=theme.gap_px, size_hint_y=None)
        follow_height(tail, [take])
    for part in (names, row(materials(scene, guide), right, spacing=theme.gap_px), tail):
        page.add_widget(part)
    return page


def _names(scene: Scene, item: CatalogueItem) -> list[Widget]:
    """What people call it, and what the office calls it."""
    plain, official = scene.speech.pick(item.plain_name), scene.speech.pick(item.name)
    made: list[Widget] = [scene.title(plain or official)]
    if plain and official and plain != official:
        made.append(scene.caption(official))
    return made


def _notes(scene: Scene, guide: Guide, *, brief: bool) -> list[Widget]:
    """What cannot be done here, and what went wrong with a card."""
    made: list[Widget] = []
    hint = mode_hint(guide, scene.speech)
    finished_here = guide.mode_id == Mode.HERE
    if hint and not (brief and finished_here):
        icon = "check-circle" if finished_here else "info"
        made.append(scene.note(icon, hint, "calm" if finished_here else "warning"))
    if scene.visit.fault:
        made.append(scene.note("card-reader", sayings.fault(scene.visit.fault, scene.speech)))
    return made


def materials(scene: Scene, guide: Guide) -> Panel:
    """What to bring, with its form, each once."""
    panel = scene.panel()
    heading = scene._("What to bring")
    if not guide.materials:
        panel.add_widget(scene.heading(heading))
        panel.add_widget(scene.body(scene._("Nothing needs to be brought.")))
        panel.add_widget(Widget())
        return panel
    rows = [_material(scene, material) for material in guide.materials]
    panel.add_widget(Leaflet(scene, "materials", heading, rows))
    return panel


def _material(scene: Scene, material: Material) -> BoxLayout:
    """Its name at the left, its form at the right."""
    theme = scene.theme
    name = Text(words=scene.speech.pick(material.name), size_px=theme.body_px)
    form = scene.caption(sayings.material(material, scene.speech), halign="right", size_hint_x=0.62)
    name.pos_hint = form.pos_hint = {"top": 1}
    line = row(spacing=theme.gap_px, size_hint_y=None)
    line.add_widget(middle(Icon(name="materials", edge_px=theme.px(40))))
    line.add_widget(name)
    line.add_widget(form)
    follow_height(line, [name, form])
    return line


def _said(scene: Scene, guide: Guide) -> list[tuple[str, str]]:
    """Both limits, the fee, the basis; what the catalogue does not say is left out."""
    speech = scene.speech
    promised = sayings.limit(guide.promised_limit, speech) if guide.promised_limit else ""
    legal = sayings.limit(guide.legal_limit, speech) if guide.legal_limit else ""
    said = [
        (scene._("We promise"), promised),
        (scene._("The law allows"), legal),
        (scene._("Fee"), sayings.fees(guide, speech)),
        (scene._("Legal basis"), speech.pick(guide.basis) if guide.basis else ""),
    ]
    return [(label, value) for label, value in said if value]


def _facts(scene: Scene, guide: Guide) -> Panel:
    """Beside each other, the basis below: for portrait."""
    theme = scene.theme
    panel = scene.panel(size_hint_y=None, padding=(theme.pad_px, theme.px(20)))
    cells = [
        column(scene.caption(label), _value(scene, value)) for label, value in _said(scene, guide)
    ]
    below = cells.pop() if guide.basis and cells else None
    for cell in cells:
        cell.pos_hint = {"top": 1}
    line = row(*cells, spacing=theme.gap_px, size_hint_y=None)
    follow_height(line, cells)
    panel.add_widget(line)
    if below is not None:
        panel.add_widget(below)
    panel.bind(minimum_height=panel.setter("height"))
    return panel


def _fact_list(scene: Scene, guide: Guide) -> Panel:
    """Below each other, in leaves where they are long: for landscape."""
    theme = scene.theme
    rows = []
    for label, value in _said(scene, guide):
        name, said = scene.caption(label, size_hint_x=0.5), _value(scene, value)
        name.pos_hint = said.pos_hint = {"top": 1}
        line = row(name, said, spacing=theme.gap_px, size_hint_y=None)
        follow_height(line, [name, said])
        rows.append(line)
    panel = scene.panel(padding=(theme.pad_px, theme.px(20)))
    panel.add_widget(Leaflet(scene, "facts", scene._("Good to know"), rows))
    return panel


def _value(scene: Scene, words: str) -> Text:
    return Text(words=words, size_px=scene.theme.caption_px)


def _end(scene: Scene, item: CatalogueItem) -> list[Widget]:
    """What is left to say and to touch; nothing where no number can be had."""
    if notices.obstacle(scene.world, item, scene.speech):
        return []
    return [_choices(scene), _wait(scene, item), _take(scene)]


def _take(scene: Scene) -> Touch:
    return scene.main_button(Kind.CONFIRM, scene._("Take a number"), "ticket")


def _choices(scene: Scene) -> BoxLayout:
    """Who comes, with what, in which queue: chosen already, and easy to change."""
    theme, visit = scene.theme, scene.visit
    whom = scene._("Somebody else") if visit.for_other else scene._("Myself")
    toggle = Kind.MYSELF if visit.for_other else Kind.FOR_OTHER
    own = _choice(
        scene, Kind.IDENTIFY, "id-card", scene._("Document"), _shown(scene, visit.document)
    )
    choices = row(
        _choice(scene, toggle, "agent" if visit.for_other else "person", scene._("For"), whom),
        own,
        spacing=theme.tight_px,
    )
    if visit.for_other:
        label, theirs = scene._("Their card"), _shown(scene, visit.principal)
        choices.add_widget(_choice(scene, Kind.IDENTIFY, "household", label, theirs, PRINCIPAL))
    queue = _choice(scene, Kind.ASK_PRIORITY, "star", scene._("Queue"), _priority(scene))
    choices.add_widget(queue)
    if theme.portrait:
        choices.size_hint_y, choices.height = None, theme.px(148)
    return choices


def _choice(scene: Scene, kind: Kind, icon: str, label: str, value: str, which: str = "") -> Touch:
    """A choice that is already made and can be changed."""
    theme = scene.theme
    made = Touch(
        kind,
        scene.press,
        value=which,
        orientation="vertical",
        padding=(theme.px(20), theme.px(12)),
        radius_px=theme.radius_px,
        edge_px=theme.hairline_px,
    )
    head = row(spacing=theme.px(10))
    head.add_widget(middle(Icon(name=icon, edge_px=theme.px(40))))
    head.add_widget(
        Text(
            words=label,
            size_px=theme.caption_px,
            floor_px=theme.sp(20),
            grow=False,
            ink=scene.colours.ink_soft,
        )
    )
    made.add_widget(head)
    made.add_widget(
        Text(
            words=value,
            size_px=theme.body_px,
            floor_px=theme.sp(22),
            bold_face=True,
            grow=False,
            even=True,
            size_hint_y=1.3,
        )
    )
    return made


def _shown(scene: Scene, document: Document | None) -> str:
    if document is None:
        return scene._("None needed")
    return document.masked_name or scene._("Code read")


def _priority(scene: Scene) -> str:
    catalogue, chosen = scene.world.catalogue, scene.visit.priority
    if chosen is None or catalogue is None:
        return scene._("Normal")
    return next(
        (scene.speech.pick(c.name) for c in catalogue.priority_classes if c.class_id == chosen),
        scene._("Normal"),
    )


def _wait(scene: Scene, item: CatalogueItem) -> Text:
    return scene.body(_wait_words(scene, item), halign="center", even=True)


def _wait_words(scene: Scene, item: CatalogueItem) -> str:
    """The queue of this item now; nothing where nothing is known."""
    board, catalogue = scene.world.board, scene.world.catalogue
    queue = shelf.waiting_row(board.waiting if board else None, item.group_id)
    if queue is None or catalogue is None:
        return ""
    group = shelf.group(catalogue, item.group_id)
    wait = wait_of(queue.wait, group.windows if group else [], None)
    if wait is NoEstimate.UNCERTAIN:
        return sayings.waiting(queue, scene.speech)
    return scene._("{waiting} · {wait}").format(
        waiting=sayings.waiting(queue, scene.speech), wait=wait_sentence(wait, scene.speech)
    )
