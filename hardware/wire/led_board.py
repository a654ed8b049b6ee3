"""Number boards on an RS-485 line (9600 baud, 8N1): four bytes, no answer.

    id | number high | number low | sum

The sum is that of the three bytes before it, modulo 256; the maker's example: `05 03 E7 EF` shows
999 on board 5. One source: a maker's product page of such boards (电子看板, its default format).
There is no head and no length: a board can only tell frames apart by the pause between them.
The page names no code for a dark board; some boards take one (an option of the driver).
"""

import re
from typing import Final

NUMBER_MAX: Final = 0xFFFF
FRAME_BYTES: Final = 4


def number_frame(board_id: int, number: int) -> bytes:
    """Show a number on one board.

    Raises:
        OverflowError: It does not fit into its bytes.
    """
    body = bytes([board_id]) + number.to_bytes(2, "big", signed=False)
    return body + bytes([sum(body) % 256])


def number_in(text: str, digits: int) -> int | None:
    """What a board of so many digits can show of a label: its last digits; None without any.

    "A012" is 12: letters are lost, and leading zeros are the board's affair.
    """
    found = "".join(re.findall(r"[0-9]", text))[-digits:]
    return int(found) if found else None
