"""How a loudspeaker is used in the fault matrix."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import time
from pathlib import Path

from matrix import Bench, Got, Use, WrongDataError
from rig import DICE, QUICK, Sim

from hardware.drivers.alsa_announcer import AlsaAnnouncer
from hardware.drivers.announcer_mouth import Manner, Timing
from hardware.drivers.aplay import Aplay
from hardware.roles_voice import Announcement, Heard, Spoken
from hardware.speech.sounds import BankSounds
from hardware.transport import parse_url
from hardware.volume import volume_of
from tests.sounds import make_bank

NO_LINE = "ALSA hands the samples over in one piece: there is no line that could do this"
CLIPS = ("please", "letter-a")


class AnnouncerBench(Bench):
    type_id = "announcer"
    sim_options: Mapping[str, str] = {"speed": "4"}
    pty = False
    cut_after = ("in", 4000)
    not_here: Mapping[str, str] = {
        **dict.fromkeys(
            ("split", "lost", "doubled", "garbage", "wrong-checksum", "slow-line"), NO_LINE
        ),
        "port-stolen": "a busy card has a test of its own (test_announcer_faults)",
        "replugged-under-another-name": "a card is found by its name, not by its number",
    }

    def driver(self, url: str, device_id: str) -> AlsaAnnouncer:
        card = parse_url(url)
        folder = Path(card.options["config"]).parent
        player = str(folder / "aplay")

        async def opened() -> Aplay:
            found = Aplay(card.host, config=card.options["config"], player=player)
            await found.check()
            return found

        return AlsaAnnouncer(
            device_id,
            opened,
            BankSounds(make_bank(folder / "bank", {"zh_CN": CLIPS})),
            manner=Manner(
                volume_of(100),
                lambda: time(10),
                timing=Timing(look_s=0.3, after_chime_s=0.1, between_languages_s=0.1),
            ),
            randomness=DICE,
            backoff=QUICK,
        )

    @asynccontextmanager
    async def using(self, device: AlsaAnnouncer, sim: Sim) -> AsyncIterator[Use]:
        async def use(number: int) -> Got:
            before = len(whole_sounds(sim))
            said = await device.announce(Announcement(f"call-{number}", (Spoken("zh_CN", CLIPS),)))
            if said.heard is not Heard.SAID:
                return Got.NOTHING
            for _ in range(100):  # the card writes its files a moment later
                if len(whole_sounds(sim)) > before:
                    return Got.RIGHT
                await asyncio.sleep(0.05)
            raise WrongDataError("said, and nobody heard it")

        yield use


def whole_sounds(sim: Sim) -> list[Path]:
    """Sounds that were heard to their end."""
    found = sorted(sim.out.glob("sound-*.json"))
    return [path for path in found if not json.loads(path.read_text())["cut"]]
