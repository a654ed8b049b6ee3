"""Asks every window of an X display to close, as a window manager's close button does.

    python -m tests.x_close :5

The message is that of ICCCM 4.2.8.1, "Window Deletion".
"""

import ctypes
import ctypes.util
import sys

CLIENT_MESSAGE = 33


class ClientMessage(ctypes.Structure):
    """XClientMessageEvent of Xlib, padded to the size of an XEvent."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("rest", ctypes.c_long * 24),
    )


def main() -> int:
    """Send it to every child of the root; the exit code is 0 when there was one."""
    x = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
    x.XOpenDisplay.restype = ctypes.c_void_p
    x.XDefaultRootWindow.restype = ctypes.c_ulong
    x.XInternAtom.restype = ctypes.c_ulong
    display = ctypes.c_void_p(x.XOpenDisplay(sys.argv[1].encode()))
    root = ctypes.c_ulong(x.XDefaultRootWindow(display))
    above, parent = ctypes.c_ulong(), ctypes.c_ulong()
    windows, count = ctypes.POINTER(ctypes.c_ulong)(), ctypes.c_uint()
    found = (ctypes.byref(each) for each in (above, parent, windows, count))
    x.XQueryTree(display, root, *found)
    protocols = x.XInternAtom(display, b"WM_PROTOCOLS", 0)
    delete = x.XInternAtom(display, b"WM_DELETE_WINDOW", 0)
    for index in range(count.value):
        event = ClientMessage(type=CLIENT_MESSAGE, send_event=1, window=windows[index], format=32)
        event.message_type = protocols
        event.data[0] = delete
        x.XSendEvent(display, ctypes.c_ulong(windows[index]), 0, 0, ctypes.byref(event))
    x.XSync(display, 0)
    return 0 if count.value else 1


if __name__ == "__main__":
    sys.exit(main())
