"""Opens the kiosk's window for one frame and says what draws it. Used by `bianmin-kiosk check`.

python -m kiosk.ui.probe 1080x1920 offscreen|on-screen
"""

import sys

from kiosk.ui import runtime


def main() -> int:
    """Returns 0 when a frame was drawn."""
    size, where = sys.argv[1:3]
    width_px, height_px = (int(part) for part in size.split("x"))
    screen = runtime.Screen.OFFSCREEN if where == "offscreen" else runtime.Screen.WINDOW
    runtime.configure(runtime.WindowSettings(width_px, height_px, screen))
    from kivy.base import EventLoop  # noqa: PLC0415 - after configure
    from kivy.core.window import Window  # noqa: PLC0415
    from kivy.graphics.opengl import GL_RENDERER, glGetString  # noqa: PLC0415

    if Window is None:
        sys.stderr.write("there is no screen to draw on\n")
        return 1
    EventLoop.ensure_window()
    Window.dispatch("on_draw")
    Window.flip()
    sys.stdout.write(f"drawn by {glGetString(GL_RENDERER).decode(errors='replace')}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
