"""What aplay says and takes, as recorded; and files of the phrase bank as sound."""

import json
import os
import stat
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hardware.drivers.aplay import Aplay, reason
from hardware.errors import NoSoundDevice, NoSoundPlayer, SoundFault, TimedOut
from hardware.roles_voice import Spoken
from hardware.speech.bank import BadBank
from hardware.speech.samples import RATE_HZ, Samples, joined, quieter, read_sound, silence
from hardware.speech.sounds import CLIP_GAP_S, BankSounds, NoVoice
from hardware.volume import gain
from tests.sounds import make_bank, noise, write_wav

GOLDEN = json.loads(
    (Path(__file__).parents[2] / "golden" / "devices" / "announcer.json").read_text("utf-8")
)


def named(key: str) -> Any:
    rows = GOLDEN[key]
    return pytest.mark.parametrize("row", rows, ids=[str(row.get("name", row)) for row in rows])


@named("said")
def test_what_aplay_says_becomes_a_code(row: dict[str, str], tmp_path: Path) -> None:
    assert reason(row["text"], tmp_path).code == row["code"]


def test_no_such_file_is_a_matter_of_rights_where_cards_are_there_and_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pcmC0D0p").touch()
    text = GOLDEN["said"][1]["text"]
    assert reason(text, tmp_path).code == "no-sound-device"
    monkeypatch.setattr(os, "access", lambda *_args: False)  # root may open everything
    assert reason(text, tmp_path).code == "sound-access-denied"


@named("loudness")
def test_samples_become_quieter_by_the_percentage(row: dict[str, Any]) -> None:
    samples = np.array(row["samples"], np.int16)
    assert quieter(samples, gain(row["percent"])).tolist() == row["played"]


@pytest.fixture
def player(tmp_path: Path) -> Path:
    """A stand-in that keeps what it was given, and then does as the file `do` says."""
    program = tmp_path / "player"
    place = tmp_path / "given"
    noted = f'echo "$@" >> {place}.words; env > {place}.env; cat > {place}'
    program.write_text(f"#!/bin/sh\n{noted}\n. {tmp_path}/do\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "do").write_text("exit 0\n")
    return program


@named("wire")
async def test_aplay_is_given_the_banks_form_on_its_standard_input(
    row: dict[str, Any], player: Path
) -> None:
    card = Aplay("plughw:CARD=Headset", config="/etc/x.conf", player=str(player))
    given: list[bytes] = []
    # The look afterwards gives the stand-in nothing to read: what was played is kept before it.
    (player.parent / "do").write_text(
        f"[ -s {player.parent}/given ] && cp {player.parent}/given {player.parent}/kept; exit 0\n"
    )
    await card.play(np.array(row["samples"], np.int16))
    given.append((player.parent / "kept").read_bytes())
    assert given == [bytes.fromhex(row["hex"])]
    words = (player.parent / "given.words").read_text().splitlines()
    assert words[0] == "-q -D plughw:CARD=Headset -t raw -f S16_LE -c 1 -r 16000"
    assert words[1] == "-q -D plughw:CARD=Headset -t wav"
    environment = (player.parent / "given.env").read_text().splitlines()
    assert {"LC_ALL=C", "ALSA_CONFIG_PATH=/etc/x.conf"} <= set(environment)


async def test_a_player_that_is_not_installed_is_named() -> None:
    with pytest.raises(NoSoundPlayer):
        await Aplay("default", player="/nonexistent/aplay").check()


async def test_a_player_that_ends_badly_without_a_word_is_a_fault_of_the_sound(
    player: Path,
) -> None:
    (player.parent / "do").write_text("exit 3\n")
    with pytest.raises(SoundFault, match="3"):
        await Aplay("default", player=str(player)).play(silence(0.1))


async def test_a_card_that_is_gone_when_the_sound_has_ended_was_not_heard_to_the_end(
    player: Path,
) -> None:
    gone = "aplay: main:831: audio open error: No such device"
    (player.parent / "do").write_text(f'[ "$5" = raw ] && exit 0\necho "{gone}" >&2\nexit 1\n')
    with pytest.raises(NoSoundDevice):
        await Aplay("default", player=str(player)).play(silence(0.1))


async def test_a_player_that_hangs_is_ended_and_leaves_no_process(
    player: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = player.parent / "pid"
    (player.parent / "do").write_text(f"trap '' TERM; echo $$ > {pid}; while :; do sleep 1; done\n")
    monkeypatch.setattr("hardware.drivers.aplay.SLACK_S", 0.3)
    with pytest.raises(TimedOut):
        await Aplay("default", player=str(player)).play(silence(0.1))
    assert not Path.exists(Path("/proc") / pid.read_text().strip())


# --- files of the bank ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate_hz", "channels", "width"), [(8000, 1, 2), (16000, 2, 2), (16000, 1, 1)]
)
def test_a_sound_of_another_form_is_refused(
    rate_hz: int, channels: int, width: int, tmp_path: Path
) -> None:
    with wave.open(str(tmp_path / "a.wav"), "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(width)
        sound.setframerate(rate_hz)
        sound.writeframes(bytes(64))
    with pytest.raises(BadBank):
        read_sound(tmp_path / "a.wav")


@pytest.mark.parametrize("content", [b"", b"RIFF", b"no sound at all" * 9])
def test_a_file_that_is_no_sound_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(BadBank):
        read_sound(tmp_path / "a.wav")
    with pytest.raises(BadBank):
        read_sound(tmp_path / "missing.wav")


def test_a_sound_is_read_sample_by_sample(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", noise("a"))
    assert read_sound(tmp_path / "a.wav").tolist() == noise("a").tolist()


class Voice:
    async def say(self, text: str, language: str) -> Samples:
        if language != "en":
            raise NoVoice(language)
        return np.full(len(text), 7, np.int16)


async def test_a_sentence_is_its_clips_with_a_breath_between_them(tmp_path: Path) -> None:
    own = make_bank(tmp_path, {"zh_CN": ["please", "letter-a"]})
    said = await BankSounds(own).speech(Spoken("zh_CN", ("please", "letter-a")))
    clips = [noise(f"zh_CN {name}").astype(np.int16) for name in ("please", "letter-a")]
    assert said.tolist() == joined(clips, CLIP_GAP_S).tolist()
    assert said.size == sum(clip.size for clip in clips) + round(CLIP_GAP_S * RATE_HZ)


async def test_where_a_clip_is_missing_the_voice_says_the_whole_sentence(tmp_path: Path) -> None:
    sounds = BankSounds(make_bank(tmp_path, {"en": ["ticket"]}), voice=Voice())
    assert (await sounds.speech(Spoken("en", ("ticket", "letter-unheard-of"), "abc"))).size == 3
    assert (await sounds.speech(Spoken("en", ("ticket",), "abc"))).size > 3
    with pytest.raises(NoVoice):
        await sounds.speech(Spoken("en", ("letter-unheard-of",)))
    with pytest.raises(NoVoice):
        await sounds.speech(Spoken("zh_CN", ("letter-unheard-of",), "abc"))


async def test_a_language_without_a_bank_is_said_by_the_voice_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(BadBank):
        await BankSounds(tmp_path).speech(Spoken("tlh", ("ticket",), "nuqneH"))


def test_a_chime_nobody_has_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadBank):
        BankSounds(tmp_path).chime("foghorn")
    make_bank(tmp_path, {})
    assert BankSounds(tmp_path).chime("call").tolist() == noise("chime", 0.24).tolist()
