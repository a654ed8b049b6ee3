"""How many of the generated pictures each reader of codes reads, and how long it takes.

`python -m tests.code_rates EACH SEED` prints the table of docs/devices/camera.md.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import cv2
import zxingcpp
from pyzbar import pyzbar

from hardware.drivers.code_vision import read_codes
from tests.code_pictures import DRAW, SPOILS, Drawn, Grey, empty_scenes, pictures

SEED = 2
ZBAR_SYMBOLS = [
    symbol for symbol in pyzbar.ZBarSymbol if not symbol.name.startswith(("DATABAR", "NONE"))
]
"""All but GS1 DataBar, on which libzbar writes warnings to stderr."""


def ours(picture: Grey) -> list[bytes]:
    return [code.raw for code in read_codes(picture)]


def zxing_alone(picture: Grey) -> list[bytes]:
    return [bytes(code.bytes) for code in zxingcpp.read_barcodes(picture)]


def zbar_alone(picture: Grey) -> list[bytes]:
    return [bytes(code.data) for code in pyzbar.decode(picture, symbols=ZBAR_SYMBOLS)]


Reader = Callable[[Grey], list[bytes]]
READERS: Mapping[str, Reader] = {"ours": ours, "zxing-cpp": zxing_alone, "pyzbar": zbar_alone}


@dataclass
class Score:
    """Of one reader on one class of pictures."""

    pictures: int = 0
    right: int = 0
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def percent(self) -> float:
        return 100 * self.right / self.pictures

    @property
    def each_ms(self) -> float:
        return 1000 * self.seconds / self.pictures


Scores = Mapping[tuple[str, str], Mapping[str, Score]]
"""By symbology and spoil, then by reader; ("", "no code") has the empty scenes."""


def _look(
    readers: Iterable[str], picture: Grey, drawn: Drawn | None, into: dict[str, Score]
) -> None:
    for name in readers:
        began_s = time.thread_time()  # of the processor: other work on the machine does not count
        found = READERS[name](picture)
        score = into[name]
        score.seconds += time.thread_time() - began_s
        score.pictures += 1
        wanted = drawn.raw if drawn else b""
        score.right += wanted in found if drawn else not found
        if any(raw != wanted for raw in found):
            score.wrong.append(drawn.name if drawn else "no code")


def measure(each: int, seed: int = SEED, readers: Iterable[str] = tuple(READERS)) -> Scores:
    """Show every picture to every reader, one after the other."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)  # as zxing-cpp and zbar work
    try:
        scores: dict[tuple[str, str], dict[str, Score]] = defaultdict(lambda: defaultdict(Score))
        for drawn in pictures(each, seed):
            _look(readers, drawn.picture, drawn, scores[drawn.symbology, drawn.spoil])
        for scene in empty_scenes(each):
            _look(readers, scene, None, scores["", "no code"])
        return scores
    finally:
        cv2.setNumThreads(threads)


def total_s(scores: Scores, reader: str) -> float:
    """Seconds over the whole set."""
    return sum(score[reader].seconds for score in scores.values())


def _table(scores: Scores) -> str:
    lines = ["| code | spoilt by | ours | zxing-cpp | pyzbar |", "|---|---|---|---|---|"]
    for symbology, spoil in [*((s, p) for s in DRAW for p in SPOILS), ("", "no code")]:
        cells = [
            f"{score.percent:.0f} % · {score.each_ms:.1f} ms"
            + (f" · **{len(score.wrong)} wrong**" if score.wrong else "")
            for score in scores[symbology, spoil].values()
        ]
        lines.append(f"| {symbology or '–'} | {spoil} | " + " | ".join(cells) + " |")
    sums = (f"{total_s(scores, reader):.1f} s" for reader in READERS)
    lines.append("| **all** | | " + " | ".join(sums) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    result = measure(int(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.write(_table(result) + "\n")
    ratio = total_s(result, "ours") / total_s(result, "zxing-cpp")
    sys.stdout.write(f"time: {ratio:.2f} of zxing-cpp alone\n")
