"""How to show a document; it is never needed."""

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.signals import Kind
from kiosk.ui import sayings
from kiosk.ui.scene import Scene, column, space
from kiosk.ui.screens.home import privacy
from kiosk.ui.widgets import Icon, Panel, Text


def build(scene: Scene) -> Widget:
    """The two devices, or the word that there are none, and the way without."""
    theme, world = scene.theme, scene.world
    page = BoxLayout(orientation="vertical", spacing=theme.gap_px)
    title, why = _words(scene)
    head = column(
        scene.title(title),
        scene.body(why, ink=scene.colours.ink_soft),
        spacing=theme.tight_px,
    )
    page.add_widget(head)
    if scene.visit.fault:
        page.add_widget(scene.note("card-reader", sayings.fault(scene.visit.fault, scene.speech)))
    devices = BoxLayout(
        orientation="vertical" if theme.portrait else "horizontal", spacing=theme.gap_px
    )
    if world.reader.ready:
        words = scene._("Lay your ID card flat on the reader")
        devices.add_widget(device(scene, "card-reader", words))
    if world.reads_codes:
        words = scene._("Hold the code on your phone in front of the scanner")
        devices.add_widget(device(scene, "qr", words))
    if not devices.children:
        words = scene._("This machine cannot read documents just now.")
        devices.add_widget(device(scene, "no-document", words))
    page.add_widget(devices)
    page.add_widget(scene.caption(privacy(scene)))
    visit = scene.visit
    shown = visit.principal if visit.for_principal else visit.document
    label = scene._("Without a document") if shown is None else scene._("Forget the document")
    page.add_widget(scene.main_button(Kind.NO_DOCUMENT, label, "no-document"))
    return page


def _words(scene: Scene) -> tuple[str, str]:
    if scene.visit.for_principal:
        return (
            scene._("Have you the card of the person it is for?"),
            scene._(
                "It is not needed. With it this machine sees whether that person has a number for "
                "this already."
            ),
        )
    return (
        scene._("Would you like to show a document?"),
        scene._("It is not needed. With it this machine finds your number again if you lose it."),
    )


def device(scene: Scene, icon: str, words: str) -> Panel:
    """How to use a reader or scanner: its sign, and what to do in a few words."""
    theme, colours = scene.theme, scene.colours
    panel = scene.panel(ground=colours.accent_pale, edge=colours.accent_pale)
    panel.add_widget(space())
    panel.add_widget(Icon(name=icon, edge_px=theme.px(168), pos_hint={"center_x": 0.5}))
    panel.add_widget(
        Text(words=words, size_px=theme.heading_px, bold_face=True, even=True, halign="center")
    )
    panel.add_widget(space())
    return panel
