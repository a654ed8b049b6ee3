"""Where a key leads on a page, and what is said of it; pages made up here."""

from dataclasses import replace

import pytest

from hardware.roles_voice import GuideKey
from kiosk import guidance
from kiosk.guidance import HEAD, Bit, Hint, Page, Part, Pilot, Place, Role, Utterance
from kiosk.signals import Kind

TITLE = Part(("What is it about?",), Role.TITLE)
TILES = tuple(
    Part((name,), Role.TOUCH, kind=Kind.PICK_SECTION, value=name) for name in ("a", "b", "c")
)
BACK = Part(("Back",), Role.TOUCH, Place.FOOT, Kind.BACK)
NOTE = Part(("No paper.",), Role.NOTE)
WARNING = Part(("This page closes in 20 seconds.",), Role.TEXT, Place.WARNING)
PAGE = Page(1, 7, "en", (TITLE, *TILES, BACK))


class PlainWords:
    """Says what it was asked for."""

    def _said(self, *words: str) -> Utterance:
        return tuple(Bit(word, "en") for word in words)

    def greeting(self, page: Page) -> Utterance:
        return self._said(f"keys {page.serial}")

    def entry(self, page: Page) -> Utterance:
        return self._said(f"entry {page.serial}")

    def part(self, page: Page, index: int) -> Utterance:
        return self._said(*page.parts[index].texts)

    def warning(self, page: Page) -> Utterance:
        return self._said(f"warning {page.serial}")

    def serving(self, page: Page) -> Utterance:
        return self._said(f"serving {page.serial}")

    def hint(self, page: Page, what: Hint) -> Utterance:
        return self._said(f"{what.value} {page.serial}")


WORDS = PlainWords()


def said(act: guidance.Act) -> list[str]:
    return [bit.text for bit in act.say]


def on(page: Page, pilot: Pilot | None = None) -> Pilot:
    return guidance.turned(pilot or Pilot(), page, WORDS)[0]


def press(pilot: Pilot, *keys: GuideKey) -> tuple[Pilot, guidance.Act]:
    act = guidance.Act()
    for key in keys:
        pilot, act = guidance.key(pilot, key, WORDS)
    return pilot, act


def test_the_first_page_says_how_the_keys_work_and_the_next_one_only_what_it_is() -> None:
    pilot, act = guidance.turned(Pilot(), PAGE, WORDS)
    assert said(act) == ["keys 7", "entry 7"]
    _pilot, act = guidance.turned(pilot, replace(PAGE, serial=8), WORDS)
    assert said(act) == ["entry 8"]


def test_down_and_up_walk_in_reading_order_and_round() -> None:
    pilot = on(PAGE)
    heard = []
    for _ in range(6):
        pilot, act = press(pilot, GuideKey.DOWN)
        heard += said(act)
    assert heard == ["What is it about?", "a", "b", "c", "Back", "entry 7"]
    assert said(press(pilot, GuideKey.UP)[1]) == ["Back"]


def test_who_hears_nothing_walks_through_what_can_be_chosen_only() -> None:
    pilot = on(PAGE, Pilot(reads=False))
    assert press(pilot, GuideKey.DOWN)[0].at == 1


def test_a_key_pressed_twice_chooses_nothing_on_a_page_that_has_just_come() -> None:
    pilot, act = press(on(PAGE), GuideKey.DOWN, GuideKey.DOWN, GuideKey.SELECT)
    assert act.press == 1
    fresh, _act = guidance.turned(pilot, replace(PAGE, number=2, serial=8), WORDS)
    for _ in range(5):
        fresh, act = press(fresh, GuideKey.SELECT)
        assert act.press is None
        assert said(act) == ["nothing_chosen 8"]


def test_a_text_cannot_be_chosen() -> None:
    _pilot, act = press(on(PAGE), GuideKey.DOWN, GuideKey.SELECT)
    assert (act.press, said(act)) == (None, ["nothing_chosen 7"])


def test_a_digit_leads_to_the_choice_of_that_number_and_zero_to_the_head() -> None:
    pilot, act = press(on(PAGE), GuideKey.DIGIT_2)
    assert (pilot.at, said(act)) == (2, ["b"])
    assert said(press(pilot, GuideKey.DIGIT_9)[1]) == ["no_such_choice 7"]
    assert press(pilot, GuideKey.DIGIT_0)[0].at == HEAD


def test_repeat_says_the_same_again_and_nothing_else_changes() -> None:
    pilot, _act = press(on(PAGE), GuideKey.DIGIT_3)
    again, act = press(pilot, GuideKey.REPEAT)
    assert (said(act), again.at) == (["c"], pilot.at)


def test_now_serving_and_an_unknown_key_tell_something_and_lead_nowhere() -> None:
    pilot, _act = press(on(PAGE), GuideKey.DIGIT_1)
    for key, words in ((GuideKey.NOW_SERVING, "serving 7"), (GuideKey.OTHER, "keys 7")):
        after, act = press(pilot, key)
        assert (said(act), act.press, after.at) == ([words], None, 1)


@pytest.mark.parametrize(
    ("key", "kind"),
    [(GuideKey.BACK, Kind.BACK), (GuideKey.HOME, Kind.HOME), (GuideKey.HELP, Kind.HELP)],
)
def test_ways_are_asked_of_the_flow(key: GuideKey, kind: Kind) -> None:
    assert press(on(PAGE), key)[1].tap is kind


def test_where_a_way_is_not_offered_that_is_said_and_help_explains_the_keys() -> None:
    pilot = on(PAGE)
    heard = {
        key: said(guidance.no_way(pilot, key, WORDS)[1])
        for key in (GuideKey.BACK, GuideKey.HOME, GuideKey.HELP)
    }
    assert heard[GuideKey.BACK] == ["no_way 7"]
    assert heard[GuideKey.HOME] == ["entry 7"]
    assert heard[GuideKey.HELP] == ["keys 7"]


def test_while_the_page_is_about_to_close_any_key_gives_time_and_does_nothing_else() -> None:
    pilot, _act = press(on(PAGE), GuideKey.DIGIT_1)
    warned = Page(2, 7, "en", (WARNING, *PAGE.parts))
    pilot, act = guidance.turned(pilot, warned, WORDS)
    assert said(act) == ["warning 7"]
    for key in GuideKey:
        after, act = press(pilot, key)
        assert (act.tap, act.press, after.at) == (Kind.STAY, None, pilot.at)
    pilot, act = guidance.turned(pilot, replace(PAGE, number=3), WORDS)
    assert (said(act), pilot.at) == ([], 1)


def test_the_warning_is_said_once_while_it_counts_down() -> None:
    pilot = on(Page(2, 7, "en", (WARNING, *PAGE.parts)), on(PAGE))
    counting = replace(WARNING, texts=("This page closes in 19 seconds.",))
    assert said(guidance.turned(pilot, Page(3, 7, "en", (counting, *PAGE.parts)), WORDS)[1]) == []


def test_the_focus_stays_on_the_same_thing_when_figures_on_the_page_change() -> None:
    pilot, _act = press(on(PAGE), GuideKey.DIGIT_2)
    busy = replace(TILES[0], texts=("a", "12 waiting"))
    moved = Page(2, 7, "en", (TITLE, Part(("Waiting",), Role.TEXT), busy, *TILES[1:], BACK))
    pilot, act = guidance.turned(pilot, moved, WORDS)
    assert (moved.parts[pilot.at].value, said(act)) == ("b", [])


def test_a_note_that_comes_up_is_said_at_once() -> None:
    _pilot, act = guidance.turned(on(PAGE), Page(2, 7, "en", (NOTE, *PAGE.parts)), WORDS)
    assert said(act) == ["No paper."]


def test_what_a_choice_changed_on_its_own_page_is_said_and_in_focus() -> None:
    me = Part(("For", "Myself"), Role.TOUCH, kind=Kind.FOR_OTHER)
    page = Page(1, 7, "en", (TITLE, me, BACK))
    pilot, act = press(on(page), GuideKey.DIGIT_1, GuideKey.SELECT)
    assert act.press == 1
    other = Part(("For", "Somebody else"), Role.TOUCH, kind=Kind.MYSELF)
    pilot, act = guidance.turned(pilot, Page(2, 7, "en", (TITLE, other, BACK)), WORDS)
    assert (pilot.at, said(act)) == (1, ["For", "Somebody else"])


def test_the_next_leaf_of_a_list_is_read_from_its_beginning() -> None:
    more = Part(("More",), Role.TOUCH, kind=Kind.STAY)
    leaves = [
        tuple(Part((f"{leaf} {line} {'x' * 90}",), Role.TEXT) for line in range(4))
        for leaf in ("first", "second")
    ]
    page = Page(1, 7, "en", (TITLE, more, *leaves[0]))
    pilot, _act = press(on(page), GuideKey.DIGIT_1, GuideKey.SELECT)
    turned = Page(2, 7, "en", (TITLE, more, *leaves[1]))
    pilot, act = guidance.turned(pilot, turned, WORDS)
    assert said(act) == list(leaves[1][0].texts)
    assert said(press(pilot, GuideKey.DOWN)[1]) == list(leaves[1][1].texts)


def test_a_sheet_over_the_page_is_all_there_is_until_it_closes() -> None:
    sheet = tuple(
        Part((name,), Role.TOUCH, Place.SHEET, Kind.LANGUAGE, name) for name in ("zh_CN", "en")
    )
    covered = Page(2, 7, "en", (*sheet, *PAGE.parts))
    pilot = on(covered)
    assert [part.value for part in (covered.parts[n] for n in covered.choices())] == ["zh_CN", "en"]
    stops = []
    for _ in range(3):
        pilot, _act = press(pilot, GuideKey.DOWN)
        stops.append(pilot.at)
    assert stops == [0, 1, HEAD]


def test_another_language_is_another_page() -> None:
    _pilot, act = guidance.turned(on(PAGE), replace(PAGE, number=2, language="zh_CN"), WORDS)
    assert said(act) == ["entry 7"]


def test_a_finger_makes_a_thing_speak_before_it_counts() -> None:
    pilot, act = guidance.touched(on(PAGE), 3, WORDS)
    assert (pilot.at, said(act), act.press) == (3, ["c"], None)
    assert guidance.touched(pilot, 99, WORDS)[1] == guidance.Act()


def test_a_syllable_of_chinese_takes_as_long_as_three_letters() -> None:
    assert Part(("ab 中文",), Role.TEXT).signs == 3 + 2 * 3
