"""Labels of tickets: a prefix and at least three digits (B012, past 999 B1000)."""

from queue_server.core.errors import NumbersExhausted

LAST_NUMBER = 9999


def label(prefix: str, number: int) -> str:
    """The label of a number in a series.

    Raises:
        NumbersExhausted: past four digits.
    """
    if number > LAST_NUMBER:
        raise NumbersExhausted(series=prefix)
    return f"{prefix}{number:03d}"


def number_of(prefix: str, text: str) -> int | None:
    """The number a label has in a series; None when it is of another series."""
    digits = text.removeprefix(prefix)
    if not text.startswith(prefix) or not (digits.isascii() and digits.isdigit()):
        return None
    return int(digits)
