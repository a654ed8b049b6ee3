"""`script/demo`: see there."""

import argparse
import os
import signal
import sys
import time
from pathlib import Path

from script.hall_demo import check, hall
from script.hall_demo.processes import Crew, DemoError


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/demo", description="A hall on simulated devices.")
    parser.add_argument("--check", action="store_true", help="one citizen's journey, no person")
    parser.add_argument("--pack", default="cn-township", choices=["cn-township", "plain"])
    parser.add_argument("--fresh", action="store_true", help="forget the tickets of earlier runs")
    parser.add_argument("--speaker", default="", help="a real sound device, as alsa://default")
    parser.add_argument("--place", type=Path, default=hall.ROOT / "var" / "demo")
    return parser.parse_args()


def _stay(crew: Crew) -> None:
    while True:
        time.sleep(0.5)
        if (name := crew.ended()) is not None:
            raise DemoError(f"{name} has ended by itself:\n{crew.tail(name)}")


def main() -> int:
    """Run; 0 only if everything was as it should be."""
    wanted = _arguments()
    place: Path = wanted.place.absolute()
    if wanted.pack != "cn-township":
        place = place / wanted.pack
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    crew = Crew(place / "log")
    try:
        if wanted.check:
            check.run(crew, place / "check", wanted.pack, print)
        else:
            screens = hall.Screens(os.environ.get("DISPLAY") or None)
            running = hall.start(
                crew,
                place,
                wanted.pack,
                screens,
                fresh=wanted.fresh,
                speaker=hall.Speaker(wanted.speaker),
            )
            hall.tell(running.credentials, running, screens)
            _stay(crew)
    except DemoError as error:
        sys.stderr.write(f"\ndemo: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stdout.write("\ndemo: closing the hall\n")
    finally:
        crew.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
