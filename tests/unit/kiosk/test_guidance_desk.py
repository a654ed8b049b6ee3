"""Who hears what, and when it stops: keypad, headphones, loudspeaker, captions."""

import asyncio

from hardware.roles_voice import CHIME_ATTENTION, GuideKey, Headphones, Heard
from kiosk.guidance import Page, Part, Role
from kiosk.guidance_words import KEYS
from kiosk.shown import Press, Shown
from kiosk.signals import Kind, Tick
from kiosk.visit import Screen, Voice
from tests.fakes_guidance import HOME, SmallKiosk, running


def voice_of(kiosk: SmallKiosk) -> Voice:
    return kiosk.session.voice


async def test_any_key_begins_and_is_heard_in_the_headphones_only() -> None:
    async with running(SmallKiosk()) as kiosk:
        await kiosk.key(GuideKey.SELECT)
        await asyncio.sleep(0.05)
        assert voice_of(kiosk) is Voice.PRIVATE
        assert kiosk.private.said[: len(KEYS)] == list(KEYS)
        assert kiosk.private.said[len(KEYS)] == "Example Hall"
        assert kiosk.private.said[-1] == "One choice. Press down to hear it."
        assert kiosk.private.begun[0].chime == CHIME_ATTENTION
        assert {each.chime for each in kiosk.private.begun[1:]} == {""}
        assert kiosk.aloud.begun == []
        assert kiosk.presses == []


async def test_everything_that_is_said_is_a_caption_meanwhile() -> None:
    async with running(SmallKiosk(each_s=0.02)) as kiosk:
        await kiosk.key(GuideKey.OTHER)
        await asyncio.sleep(0.5)
        assert kiosk.captions == kiosk.private.said
        assert len(kiosk.captions) > len(KEYS)


async def test_a_key_cuts_off_what_is_being_said_and_nothing_stale_is_said_after_it() -> None:
    async with running(SmallKiosk(each_s=0.2)) as kiosk:
        await kiosk.key(GuideKey.OTHER)
        await asyncio.sleep(0.05)
        await kiosk.key(GuideKey.DOWN, GuideKey.DOWN, GuideKey.DOWN)
        await asyncio.sleep(0.6)
        assert kiosk.private.said == ["Help"]
        assert kiosk.guided.at == 2


async def test_enter_touches_what_is_in_focus_and_nothing_else() -> None:
    async with running(SmallKiosk()) as kiosk:
        await kiosk.key(GuideKey.OTHER, GuideKey.SELECT)
        assert kiosk.presses == []
        await kiosk.key(GuideKey.DIGIT_1, GuideKey.SELECT)
        assert kiosk.presses == [Press(kiosk.number, 0)]


async def test_the_switch_speaks_aloud_and_never_in_the_headphones() -> None:
    async with running(SmallKiosk()) as kiosk:
        kiosk.tap(Kind.VOICE)
        await asyncio.sleep(0.05)
        assert kiosk.aloud.said[0] == "Voice guidance is on."
        assert kiosk.aloud.said[1].startswith("Touch a thing to hear it")
        assert kiosk.private.begun == []


async def test_the_loudspeaker_is_silent_unless_the_switch_was_pressed() -> None:
    async with running(SmallKiosk()) as kiosk:
        kiosk.tap(Kind.START)
        kiosk.draw()
        await asyncio.sleep(0.05)
        assert kiosk.aloud.begun == kiosk.private.begun == []
        assert kiosk.captions == []


async def test_headphones_begin_it_and_pulling_them_out_ends_it_at_once() -> None:
    async with running(SmallKiosk(each_s=0.3)) as kiosk:
        await kiosk.plug(Headphones.PLUGGED)
        assert voice_of(kiosk) is Voice.PRIVATE
        assert len(kiosk.private.begun) == 1
        await kiosk.plug(Headphones.UNPLUGGED)
        assert kiosk.private.stopped.is_set()
        assert voice_of(kiosk) is Voice.OFF
        await asyncio.sleep(0.4)
        assert kiosk.private.said == []
        assert len(kiosk.private.begun) == 1
        assert kiosk.guided.caption == ""


async def test_headphones_take_over_from_the_loudspeaker() -> None:
    async with running(SmallKiosk(each_s=0.3)) as kiosk:
        kiosk.tap(Kind.VOICE)
        await asyncio.sleep(0.02)
        await kiosk.plug(Headphones.PLUGGED)
        assert kiosk.aloud.stopped.is_set()
        assert voice_of(kiosk) is Voice.PRIVATE
        assert len(kiosk.private.begun) == 1


async def test_who_walks_off_is_followed_by_silence() -> None:
    async with running(SmallKiosk(each_s=0.3)) as kiosk:
        await kiosk.key(GuideKey.OTHER)
        kiosk.tap(Kind.START)
        await asyncio.sleep(0.02)
        for _ in range(200):
            kiosk.see(Tick())
        assert kiosk.session.screen is Screen.HOME
        assert voice_of(kiosk) is Voice.OFF
        begun = len(kiosk.private.begun)
        await asyncio.sleep(0.4)
        assert len(kiosk.private.begun) == begun
        assert kiosk.private.said == []


async def test_loudness_goes_in_steps_to_its_ends_and_is_the_usual_for_the_next_person() -> None:
    async with running(SmallKiosk()) as kiosk:
        await kiosk.key(GuideKey.OTHER)
        await kiosk.key(*[GuideKey.VOLUME_UP] * 3)
        assert [each.volume for each in kiosk.private.begun[-3:]] == [80, 100, 100]
        assert kiosk.private.said[-3:] == ["Louder", "Louder", "It does not get any louder."]
        await kiosk.key(*[GuideKey.VOLUME_DOWN] * 6)
        assert kiosk.private.begun[-1].volume == 20
        assert kiosk.private.said[-1] == "It does not get any softer."
        kiosk.tap(Kind.VOICE)
        await kiosk.key(GuideKey.OTHER)
        await asyncio.sleep(0.02)
        assert kiosk.private.begun[-1].volume is None


async def test_a_key_that_walks_tells_the_flow_that_somebody_is_there() -> None:
    async with running(SmallKiosk()) as kiosk:
        await kiosk.key(GuideKey.OTHER, GuideKey.DOWN)
        assert kiosk.taps == [Kind.STAY]


async def test_ways_that_a_screen_does_not_offer_are_never_tapped() -> None:
    async with running(SmallKiosk()) as kiosk:
        await kiosk.key(GuideKey.OTHER, GuideKey.BACK)
        await asyncio.sleep(0.02)
        assert kiosk.private.said[-1] == "There is no way back from here."
        await kiosk.key(GuideKey.HELP)
        assert kiosk.session.screen is Screen.HELP
        assert Kind.BACK not in kiosk.taps


async def test_the_keypad_works_without_a_voice_and_its_captions_can_be_read() -> None:
    async with running(SmallKiosk(headphones=False)) as kiosk:
        await kiosk.key(GuideKey.OTHER)
        await kiosk.key(GuideKey.DOWN, GuideKey.DOWN)
        assert kiosk.guided.at == 2
        assert kiosk.guided.caption == "Help"
        assert HOME[kiosk.guided.at].kind is Kind.HELP


async def test_a_voice_that_cannot_speak_leaves_its_caption_to_be_read() -> None:
    async with running(SmallKiosk()) as kiosk:
        kiosk.private.heard = Heard.FAILED
        await kiosk.key(GuideKey.OTHER)
        await asyncio.sleep(0.1)
        assert kiosk.guided.caption == "Voice guidance is on."
        assert len(kiosk.private.begun) == 1


async def test_a_page_of_a_screen_that_is_gone_is_not_said() -> None:
    async with running(SmallKiosk()) as kiosk:
        await kiosk.key(GuideKey.OTHER)
        begun = len(kiosk.private.begun)
        kiosk.person.tap(Kind.START)
        kiosk.desk.take(Shown(kiosk.session))
        await asyncio.sleep(0.02)
        kiosk.number += 1
        stale = kiosk.session.serial - 1
        news = Part(("It has run out of paper.",), Role.NOTE)
        kiosk.desk.page(Page(kiosk.number, stale, "en", (news, *HOME)))
        await asyncio.sleep(0.02)
        assert len(kiosk.private.begun) == begun


async def test_a_finger_makes_a_thing_speak() -> None:
    async with running(SmallKiosk()) as kiosk:
        kiosk.tap(Kind.VOICE)
        kiosk.desk.touched(kiosk.number, 2)
        await asyncio.sleep(0.02)
        assert kiosk.aloud.said[-1] == "Help"
        assert kiosk.guided.at == 2
