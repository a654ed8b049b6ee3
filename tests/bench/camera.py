"""Reading codes out of pictures: the time of our chain beside zxing-cpp's alone, in one run."""

from pathlib import Path

from tests.bench.figures import Row
from tests.bench.runs import Size
from tests.code_rates import measure, total_s

RATIO_MAX = 1.3
VISITS_EACH = 250
"""Pictures a class: one for so many visits of the size."""


def camera(directory: Path, size: Size) -> list[Row]:
    """Every class of pictures, empty scenes included; nothing is written."""
    scores = measure(max(4, size.visits // VISITS_EACH), readers=("zxing-cpp", "ours"))
    pictures = sum(score["ours"].pictures for score in scores.values())
    ours_ms, alone_ms = (1000 * total_s(scores, r) / pictures for r in ("ours", "zxing-cpp"))
    right, alone = (
        sum(score[reader].right for score in scores.values()) for reader in ("ours", "zxing-cpp")
    )
    return [
        Row(
            "camera decode, a picture",
            ours_ms,
            "ms",
            f"{alone_ms:.3g} ms zxing-cpp alone",
            ours_ms / alone_ms,
            RATIO_MAX,
        ),
        Row(
            f"camera decode, right of {pictures}",
            right,
            "",
            f"{alone} zxing-cpp alone",
            right / alone,
            1.0,
            at_least=True,
        ),
    ]
