"""Keypads for people who cannot see the screen: which key means what.

Every keypad that is a USB keyboard fits: numeric blocks with the usual keys, and navigation keypads
with their own codes. The Storm AudioNav sends F-keys in its default table (its top key "<<" is HID
usage 72, F23: 1400 Series AudioNav Technical Manual, Key Press Code) and can be given others with
its maker's program; its other codes are in no public text seen here. So the map is a setting, and
`bianmin-hardware test keypad` names each key that is pressed.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hardware.roles_voice import GuideKey, Headphones

HEADPHONES_IN: Final = "headphones-in"
"""Keypads whose jack is a key say so with one key for plugging in ..."""
HEADPHONES_OUT: Final = "headphones-out"
"""... and another for pulling out."""

Meaning = GuideKey | Headphones


def _key_names() -> Mapping[str, int]:
    """Names of keys as in linux/input-event-codes.h, in small letters without KEY_."""
    names = {
        "esc": 1, "backspace": 14, "tab": 15, "enter": 28, "space": 57, "kpasterisk": 55,
        "kpminus": 74, "kpplus": 78, "kpdot": 83, "kpenter": 96, "kpslash": 98, "home": 102,
        "up": 103, "pageup": 104, "left": 105, "right": 106, "end": 107, "down": 108,
        "pagedown": 109, "insert": 110, "delete": 111, "mute": 113, "volumedown": 114,
        "volumeup": 115, "pause": 119, "help": 138, "back": 158, "forward": 159, "playpause": 164,
        "homepage": 172, "ok": 352, "select": 353, "numeric_star": 522, "numeric_pound": 523,
    }  # fmt: skip
    names |= {f"{(n + 1) % 10}": 2 + n for n in range(10)}
    names |= dict(zip("qwertyuiop", range(16, 26), strict=True))
    names |= dict(zip("asdfghjkl", range(30, 39), strict=True))
    names |= dict(zip("zxcvbnm", range(44, 51), strict=True))
    names |= dict(zip((f"kp{n}" for n in (7, 8, 9)), (71, 72, 73), strict=True))
    names |= dict(zip((f"kp{n}" for n in (4, 5, 6)), (75, 76, 77), strict=True))
    names |= dict(zip((f"kp{n}" for n in (1, 2, 3, 0)), (79, 80, 81, 82), strict=True))
    names |= {f"f{n + 1}": 59 + n for n in range(10)} | {"f11": 87, "f12": 88}
    names |= {f"f{n}": 183 + n - 13 for n in range(13, 25)}
    names |= {f"numeric_{n}": 512 + n for n in range(10)}
    return MappingProxyType(names)


KEY_NAMES: Final = _key_names()
_CODE_NAMES: Final = MappingProxyType({code: name for name, code in KEY_NAMES.items()})
CODE_MAX: Final = 0x2FF

_DEFAULTS: Final = {
    GuideKey.UP: ("up", "pageup", "kpslash"),
    GuideKey.DOWN: ("down", "pagedown"),
    GuideKey.SELECT: ("enter", "kpenter", "space", "right", "ok", "select"),
    GuideKey.BACK: ("backspace", "esc", "left", "back", "f23"),
    GuideKey.HOME: ("home", "homepage"),
    GuideKey.HELP: ("help", "f1"),
    GuideKey.REPEAT: ("kpasterisk", "numeric_star"),
    GuideKey.NOW_SERVING: ("kpdot", "numeric_pound"),
    GuideKey.VOLUME_UP: ("volumeup", "kpplus"),
    GuideKey.VOLUME_DOWN: ("volumedown", "kpminus"),
}
DEFAULT_KEYS: Final[Mapping[int, GuideKey]] = MappingProxyType(
    {KEY_NAMES[name]: meaning for meaning, names in _DEFAULTS.items() for name in names}
    | {
        KEY_NAMES[f"{kind}{n}"]: GuideKey(str(n))
        for kind in ("", "kp", "numeric_")
        for n in range(10)
    }
)
"""Numeric block and navigation keys as most keypads have them."""


_JACK: Final[Mapping[str, Headphones]] = MappingProxyType(
    {HEADPHONES_IN: Headphones.PLUGGED, HEADPHONES_OUT: Headphones.UNPLUGGED}
)
HELD_KEYS: Final = frozenset({GuideKey.UP, GuideKey.DOWN, GuideKey.VOLUME_UP, GuideKey.VOLUME_DOWN})
"""Keys that are held down for more of the same; a held digit or "select" counts once."""


def parse_keys(text: str) -> Mapping[int, Meaning]:
    """A key map as written in an address: `f13:up,f14:down,186:help`, added to the defaults.

    Raises:
        ValueError: No such key, or no such meaning.
    """
    keys: dict[int, Meaning] = dict(DEFAULT_KEYS)
    for pair in filter(None, text.split(",")):
        name, _colon, meaning = pair.partition(":")
        keys[_code(name)] = _JACK.get(meaning) or GuideKey(meaning)
    return MappingProxyType(keys)


def _code(name: str) -> int:
    code = KEY_NAMES.get(name)
    if code is not None and not (len(name) > 1 and name.isdigit()):
        return code
    if name.isascii() and name.isdigit() and len(name) > 1 and int(name) <= CODE_MAX:
        return int(name)
    raise ValueError(name)


def key_name(code: int) -> str:
    """The name of a key for a key map; its number where it has none here."""
    return _CODE_NAMES.get(code, f"{code:02}")
