"""Chinese punctuation and placeholders."""

import re

HAN = "\u3400-\u9fff"
FULL_WIDTH = str.maketrans({mark: chr(ord(mark) + 0xFEE0) for mark in ",:;?!()"})
PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|%\((\w+)\)")


def typeset(text: str) -> str:
    """Sets Chinese punctuation: full-width , : ; ? ! ( ) beside Han, without a space after it.

    Clocks, numbers and the insides of placeholders stay as they are.
    """
    holders: list[str] = []

    def hide(match: re.Match[str]) -> str:
        holders.append(match[0])
        return f"\ue000{len(holders) - 1}\ue001"

    wide, anything = f"[{HAN}\u3001\u3002\u300a\u300b\uff00-\uff20]", f"[{HAN}\ue000]"
    text = PLACEHOLDER.sub(hide, text)
    text = re.sub(
        rf"\(([^()]*{anything}[^()]*)\)|(?<=[{HAN}])\(([^()]*)\)",
        lambda m: f"\uff08{m[1] or m[2] or ''}\uff09",
        text,
    )
    marks = (
        rf"(?<={wide})([,:;?!])[ ]*|(?<=\ue001)([,:;?!])[ ]*(?={anything})|([,:;?!])[ ]*(?=[{HAN}])"
    )
    text = re.sub(marks, lambda m: m[0].strip().translate(FULL_WIDTH), text)
    return re.sub("\ue000(\\d+)\ue001", lambda m: holders[int(m[1])], text)
