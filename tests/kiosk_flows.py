"""Every way through the kiosk with real fingers on the real window, calm ones and impatient ones.

    python -m tests.kiosk_flows SIZE [NAME...]

Prints, for each way, what went wrong ("" when nothing did), as one JSON object. A way is a function
of `tests/flows_<topic>.py`; it starts on the first screen with an empty hall and a kiosk that is
well. Afterwards the person walks off, and nothing of theirs may be left.
"""

import json
import logging
import pkgutil
import sys
import traceback
from collections.abc import Callable, Iterator
from importlib import import_module

import structlog

import tests
from hardware.roles_cards import CardKind, IdCard, Sex
from tests.kiosk_stage import Stage

Way = Callable[[Stage], None]
PREFIX = "flows_"
CARD = IdCard(CardKind.RESIDENT, "522601199001010010", "吴阿朵", Sex.FEMALE)
OTHER_CARD = IdCard(CardKind.RESIDENT, "522601198505050053", "龙老四", Sex.MALE)
SECRETS = ("522601199001010010", "522601198505050053", "阿朵", "*朵", "老四", "*四")
"""What says who somebody is, whole or as the screen masks it."""
LEAVES_AFTER_S = 300.0
LONG_STRIDE_S = 2.0


def ways() -> Iterator[tuple[str, Way]]:
    """Those of every `tests/flows_<topic>.py`, by name."""
    for found in pkgutil.iter_modules(tests.__path__):
        if found.name.startswith(PREFIX):
            for name, way in vars(import_module(f"tests.{found.name}")).items():
                if name.startswith("way_"):
                    yield name.removeprefix("way_"), way


def walk_off(stage: Stage) -> None:
    """Nobody is there any more: the first screen comes by itself, with nothing of anybody.

    Raises:
        AssertionError: It does not, or something is left.
    """
    from kiosk.visit import EMPTY_VISIT  # noqa: PLC0415 - with the rest of the kiosk

    stage.until(
        lambda: stage.screen == "home" and stage.presenter.session.visit == EMPTY_VISIT,
        LEAVES_AFTER_S,
        stride_s=LONG_STRIDE_S,
    )
    stage.pass_s(1.0)
    left = [secret for secret in SECRETS if secret in stage.words]
    assert not left, f"left on the first screen: {left}"
    stage.fitted.printer.jobs.clear()
    stage.hall.__init__()  # type: ignore[misc] # a new, empty hall behind the same address


def _tried(way: Way, stage: Stage) -> str:
    try:
        way(stage)
    except Exception:  # noqa: BLE001 - whatever it is, the test says it
        return traceback.format_exc(limit=-3)
    return ""


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    width, height = (int(part) for part in sys.argv[1].split("x"))
    stage = Stage((width, height))
    found = {}
    for name, way in ways():
        if sys.argv[2:] and name not in sys.argv[2:]:
            continue
        found[name] = _tried(way, stage) + _tried(walk_off, stage)
        if stage.ended:
            break  # a mistake in the program: the worker is gone
    print(json.dumps(found, ensure_ascii=False))  # noqa: T201 - what the test reads


if __name__ == "__main__":
    main()
