"""Screens for staff: the keypad for their code, and what they can do here."""

from typing import Final

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from kiosk.moves_care import ERASE
from kiosk.signals import Kind
from kiosk.ui import sayings
from kiosk.ui.scene import Scene, column, follow_height, middle, row, space
from kiosk.ui.widgets import Icon, Text, Touch
from kiosk.visit import STAFF_CODE_MOST, Equipment, ServerHealth
from queue_server.contract.problems import N_

KEYS: Final = (*"123456789", ERASE, "0", "")
"""The last place is the key that tries the code."""
SERVER: Final = {
    ServerHealth.UNTRIED: N_("Not asked yet"),
    ServerHealth.OK: N_("Connected"),
    ServerHealth.UNREACHABLE: N_("Cannot be reached"),
    ServerHealth.REFUSES_US: N_("Does not accept this machine; enrol it again"),
}


def code(scene: Scene) -> Widget:
    """Portrait: one column. Landscape: the keypad at the right."""
    theme, care = scene.theme, scene.world.care
    words = column(
        scene.title(scene._("For staff")),
        scene.body(scene._("Type the staff code. This page closes by itself.")),
        *_said(scene),
        spacing=theme.gap_px,
    )
    if not care.has_code:
        note = scene._("No staff code is set on this machine. See docs/kiosk-lockdown.md.")
        words.add_widget(scene.note("info", note))
    page = BoxLayout(orientation="vertical", spacing=theme.gap_px)
    if theme.portrait:
        for part in (words, _typed(scene), _keypad(scene)):
            page.add_widget(part)
        return page
    left = BoxLayout(orientation="vertical", spacing=theme.gap_px)
    for part in (words, _typed(scene), space()):
        left.add_widget(part)
    page.add_widget(row(left, _keypad(scene), spacing=2 * theme.gap_px))
    return page


def _said(scene: Scene) -> list[Widget]:
    staff = scene.visit.staff
    if staff.checking:
        return [scene.note("clock", scene._("One moment…"), "calm")]
    if not staff.note:
        return []
    if staff.wait_s:
        words = scene.speech.ngettext(
            "No code is tried for another {n} second.",
            "No code is tried for another {n} seconds.",
            staff.wait_s,
        )
    else:
        words = scene._("This is not the staff code.")
    return [scene.note("warning", words, "danger")]


def _typed(scene: Scene) -> Widget:
    """One dot a digit: who looks over the shoulder sees how many, not which."""
    theme = scene.theme
    panel = scene.panel(size_hint_y=None, height=theme.button_px, padding=theme.tight_px)
    dots = "●" * min(len(scene.visit.staff.typed), STAFF_CODE_MOST)
    panel.add_widget(
        Text(
            words=" ".join(dots),
            size_px=theme.heading_px,
            floor_px=theme.sp(20),
            grow=False,
            halign="center",
        )
    )
    return panel


def _keypad(scene: Scene) -> GridLayout:
    grid = GridLayout(cols=3, spacing=scene.theme.gap_px)
    for key in KEYS:
        grid.add_widget(_key(scene, key))
    return grid


def _key(scene: Scene, key: str) -> Touch:
    theme, colours = scene.theme, scene.colours
    enters = not key
    made = Touch(
        Kind.STAFF_ENTER if enters else Kind.STAFF_KEY,
        scene.press,
        value=key,
        orientation="vertical",
        padding=theme.tight_px,
        radius_px=theme.radius_px,
        edge_px=theme.hairline_px,
        ground=colours.accent if enters else colours.card,
        ground_down=colours.accent_down if enters else colours.accent_pale,
    )
    words = {ERASE: scene._("Erase"), "": scene._("OK")}.get(key, key)
    made.add_widget(
        Text(
            words=words,
            size_px=theme.heading_px if len(words) > 1 else theme.display_px,
            floor_px=theme.sp(22),
            bold_face=True,
            grow=False,
            halign="center",
            ink=colours.on_accent if enters else colours.ink,
        )
    )
    return made


def panel(scene: Scene) -> Widget:
    """How everything is, and what can be done."""
    theme, care = scene.theme, scene.world.care
    staff = scene.visit.staff
    head = column(scene.title(scene._("For staff")), spacing=theme.tight_px)
    if staff.checking:
        head.add_widget(scene.note("clock", scene._("One moment…"), "calm"))
    elif staff.note:
        head.add_widget(scene.note("info", scene._(staff.note), "calm"))
    service = (
        ("in-service", "check-circle", scene._("Back into service"))
        if care.out_of_service
        else ("out-of-service", "pause", scene._("Out of service"))
    )
    acts = [
        ("print-test", "printer", scene._("Print a test ticket")),
        service,
        ("restart", "repeat", scene._("Restart the program")),
        ("exit", "close", scene._("End the program")),
    ]
    if not scene.world.printer.fitted:
        acts = acts[1:]
    buttons = [scene.button(Kind.STAFF_ACT, label, icon, act) for act, icon, label in acts]
    done = scene.main_button(Kind.DONE, scene._("Done"), "check")
    page = BoxLayout(orientation="vertical", spacing=theme.gap_px)
    page.add_widget(head)
    if theme.portrait:
        page.add_widget(_states(scene))
        pairs = [
            row(*buttons[at : at + 2], spacing=theme.gap_px) for at in range(0, len(buttons), 2)
        ]
        for pair in pairs:
            pair.size_hint_y, pair.height = None, theme.button_px
        page.add_widget(column(*pairs, done, spacing=theme.gap_px))
        return page
    right = BoxLayout(orientation="vertical")
    for part in (column(*buttons, done, spacing=theme.tight_px), space()):
        right.add_widget(part)
    page.add_widget(row(_states(scene), right, spacing=2 * theme.gap_px))
    return page


def _states(scene: Scene) -> Widget:
    world = scene.world
    rows = [
        ("network", scene._("Hall server"), scene._(SERVER[world.server])),
        ("printer", scene._("Ticket printer"), _state(scene, world.printer)),
        ("card-reader", scene._("ID-card reader"), _state(scene, world.reader)),
        ("qr", scene._("Scanner"), _state(scene, world.scanner)),
        ("camera", scene._("Camera"), _state(scene, world.camera)),
        ("ticket", scene._("Numbers not brought in yet"), str(world.care.pending)),
        ("info", scene._("Program"), world.care.version),
    ]
    panel = scene.panel()
    for icon, name, state in rows:
        panel.add_widget(_row(scene, icon, name, state))
    panel.add_widget(space())
    return panel


def _row(scene: Scene, icon: str, name: str, state: str) -> BoxLayout:
    theme = scene.theme
    title = Text(words=name, size_px=theme.caption_px, bold_face=True)
    said = Text(words=state, size_px=theme.caption_px, ink=scene.colours.ink_soft)
    title.pos_hint = said.pos_hint = {"center_y": 0.5}
    line = row(spacing=theme.gap_px, size_hint_y=None)
    line.add_widget(middle(Icon(name=icon, edge_px=theme.px(44))))
    line.add_widget(title)
    line.add_widget(said)
    follow_height(line, [title, said], at_least_px=theme.px(56))
    return line


def _state(scene: Scene, device: Equipment) -> str:
    if not device.fitted:
        return scene._("Not fitted")
    if device.trouble:
        return sayings.fault(device.trouble, scene.speech)
    if device.faults:
        return sayings.fault(device.faults[0], scene.speech)
    return scene._("Ready")
