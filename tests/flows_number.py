"""Ways to a number: calm, in a hurry, with a card, and with everything that goes wrong."""

from hardware.errors import PaperOut
from hardware.roles import PrintResult
from tests.fakes_server import Mode
from tests.kiosk_flows import CARD, OTHER_CARD, SECRETS
from tests.kiosk_stage import Stage

TO_CONFIRM = ("start", ("pick_section", "work"))


def one_number(stage: Stage) -> None:
    """One number was issued, and one paper came out."""
    stage.until(lambda: stage.screen == "ticket")
    assert len(stage.hall.issued) == 1, stage.hall.issued
    assert len(stage.fitted.printer.jobs) == 1, stage.fitted.printer.jobs
    assert stage.hall.issued[0].number in stage.words


def way_by_topic(stage: Stage) -> None:
    stage.go("start", ("pick_section", "old-age"), ("pick_item", "B01"), "confirm")
    one_number(stage)
    stage.go("done")
    assert stage.screen == "home"


def way_in_english(stage: Stage) -> None:
    stage.go(("language", "en"), *TO_CONFIRM, "confirm")
    one_number(stage)
    assert "Please take your ticket." in stage.words
    stage.go("done")
    assert "取号" in stage.words, "the next person finds the hall's first language"


def way_every_touch_is_a_double_tap(stage: Stage) -> None:
    for kind, value in (("start", None), ("pick_section", "work"), ("confirm", None)):
        stage.tap(kind, value, times=2)
    one_number(stage)
    stage.pass_s(1.0)
    assert stage.screen == "ticket", "the second tap waved the number away"


def way_six_taps_on_the_last_button(stage: Stage) -> None:
    stage.go(*TO_CONFIRM)
    stage.tap("confirm", times=6)
    one_number(stage)


def way_a_finger_drums_while_pages_change(stage: Stage) -> None:
    """On the same place all the time, also in the frames in which the next page comes up."""
    stage.go(*TO_CONFIRM)
    where = stage.place("confirm")
    stage.go("back")
    if stage.screen == "items":
        stage.go("back")
    section = stage.place("pick_section", "work")
    stage.touch(*section)
    for _ in range(12):
        stage.touch(*where)
    assert not stage.hall.issued, "a tap counted for a page nobody can have read"
    stage.pass_s(1.0)
    assert stage.screen == "confirm"


def way_ten_fingers_on_one_button(stage: Stage) -> None:
    stage.go(*TO_CONFIRM)
    x, y = stage.place("confirm")
    fingers = [stage.finger(x + 6 * (n - 5), y) for n in range(10)]
    for finger in fingers:
        finger.touch_down()
    stage.frame()
    for finger in fingers:
        finger.touch_up()
    stage.frame()
    one_number(stage)


def way_ten_fingers_all_over_the_page(stage: Stage) -> None:
    """A child lays both hands on the glass: nothing is issued twice, and it still works."""
    stage.go(*TO_CONFIRM)
    touches = (stage.look()["touch"] * 10)[:10]
    fingers = [stage.finger(one["x"] + one["w"] / 2, one["y"] + one["h"] / 2) for one in touches]
    for finger in fingers:
        finger.touch_down()
    stage.pass_s(0.5)
    for finger in fingers:
        finger.touch_up()
        stage.frame()
    stage.pass_s(3.0)
    assert len(stage.hall.issued) <= 1


def way_a_finger_rests_while_the_page_changes(stage: Stage) -> None:
    """Laid down on one page, lifted on the next: it means neither."""
    stage.go(*TO_CONFIRM)
    where = stage.place("confirm")
    stage.go("home", "start")
    section = stage.place("pick_section", "work")
    resting = stage.finger(*where)
    resting.touch_down()
    stage.frame()
    stage.touch(*section)
    stage.pass_s(0.5)
    resting.touch_up()
    stage.pass_s(1.0)
    assert not stage.hall.issued


def way_a_finger_slides_off(stage: Stage) -> None:
    stage.go(*TO_CONFIRM)
    x, y = stage.place("confirm")
    finger = stage.finger(x, y)
    finger.touch_down()
    stage.frame()
    finger.touch_move(10, 10)
    stage.frame()
    finger.touch_up()
    stage.pass_s(2.0)
    assert not stage.hall.issued, "a finger that slid off had thought better of it"


def way_walking_off_from_every_page(stage: Stage) -> None:
    steps = [(), ("start",), TO_CONFIRM, ("start", ("pick_section", "old-age"))]
    steps += [(*TO_CONFIRM, "identify"), (*TO_CONFIRM, "ask_priority"), (*TO_CONFIRM, "help")]
    for way in steps:
        stage.go(*way)
        stage.until(lambda: stage.screen == "home", 200, stride_s=2.0)
    assert not stage.hall.issued


def way_walking_off_while_the_number_is_printed(stage: Stage) -> None:
    stage.go(*TO_CONFIRM, "confirm")
    stage.until(lambda: bool(stage.hall.issued))
    stage.until(lambda: stage.screen == "home", 200, stride_s=2.0)
    assert len(stage.fitted.printer.jobs) == 1
    assert stage.hall.issued[0].number not in stage.words


def identified(stage: Stage) -> None:
    stage.go(*TO_CONFIRM, "identify")
    stage.fitted.reader.laid.tell(CARD)
    stage.until(lambda: stage.screen == "confirm")
    stage.pass_s(1.0)


def way_with_a_card(stage: Stage) -> None:
    identified(stage)
    assert "吴*朵" in stage.words
    assert CARD.number not in stage.words
    stage.go("confirm")
    one_number(stage)
    stage.go("done")
    assert not any(secret in stage.words for secret in SECRETS)


def way_a_card_pulled_away_in_mid_read(stage: Stage) -> None:
    stage.go(*TO_CONFIRM, "identify")
    for _ in range(3):
        stage.fitted.reader.refused.tell("card-read-failed")
        stage.pass_s(0.5)
    assert stage.screen == "identify"
    assert not any(secret in stage.words for secret in SECRETS)
    stage.fitted.reader.laid.tell(CARD)
    stage.until(lambda: stage.screen == "confirm")
    stage.go("confirm")
    one_number(stage)


def way_a_card_pulled_away_and_its_person_gone(stage: Stage) -> None:
    stage.go(*TO_CONFIRM, "identify")
    stage.fitted.reader.refused.tell("card-read-failed")
    stage.pass_s(0.5)


def way_half_way_with_a_card_and_gone(stage: Stage) -> None:
    identified(stage)


def way_the_card_of_one_never_meets_the_number_of_another(stage: Stage) -> None:
    """The first lays a card down and leaves; the second takes a number without one."""
    identified(stage)
    stage.go("home")
    stage.fitted.reader.refused.tell("card-read-failed")  # pulled away on leaving
    stage.pass_s(1.0)
    stage.go(*TO_CONFIRM)
    assert not any(secret in stage.words for secret in SECRETS)
    stage.go("confirm")
    one_number(stage)
    assert "visitor" not in stage.hall.asked[0][1]
    assert stage.hall.issued[0].masked_name is None


def way_the_card_of_the_next_is_not_read_onto_the_ticket_of_the_last(stage: Stage) -> None:
    stage.go(*TO_CONFIRM, "confirm")
    one_number(stage)
    stage.fitted.reader.laid.tell(OTHER_CARD)  # the next one is in a hurry
    stage.pass_s(2.0)
    assert stage.screen == "ticket"
    assert not any(secret in stage.words for secret in SECRETS)


def way_the_same_card_twice_gets_its_number_again(stage: Stage) -> None:
    for _ in range(2):
        identified(stage)
        stage.go("confirm")
        stage.until(lambda: stage.screen in {"ticket", "duplicate"})
        first = stage.screen == "ticket"
        stage.go("done")
    assert not first, "a second number for the same person and matter"
    assert len(stage.hall.issued) == 1


def way_the_answer_is_lost_and_asked_again(stage: Stage) -> None:
    stage.hall.mode, stage.hall.lose = Mode.LOSE_ANSWER, 3
    stage.go(*TO_CONFIRM)
    stage.tap("confirm", times=3)
    stage.until(lambda: stage.screen == "unsure", 30)
    stage.tap("retry", times=2)
    one_number(stage)
    assert len({key for key, _body in stage.hall.asked}) == 1


def way_the_paper_ends_and_the_number_is_on_the_screen(stage: Stage) -> None:
    stage.fitted.printer.answers.append(PaperOut("no paper"))
    stage.go(*TO_CONFIRM, "confirm")
    one_number(stage)


def way_perhaps_printed_and_asked(stage: Stage) -> None:
    stage.fitted.printer.answers.append(PrintResult.UNKNOWN)
    stage.go(*TO_CONFIRM, "confirm")
    stage.until(lambda: stage.screen == "ask_printed")
    stage.tap("did_not_print", times=2)
    stage.until(lambda: stage.screen == "ticket")
    assert len(stage.hall.issued) == 1
    assert len(stage.fitted.printer.jobs) == 2


def way_no_paper_said_beforehand(stage: Stage) -> None:
    stage.loop.run_until_complete(stage.fitted.printer.become("paper-out"))
    try:
        stage.go(*TO_CONFIRM)
        stage.tap("confirm", times=3)
        stage.pass_s(1.0)
        assert stage.screen == "no_paper"
        assert not stage.hall.issued
        stage.tap("on_screen", times=3)
        stage.until(lambda: stage.screen == "ticket")
        assert len(stage.hall.issued) == 1
        assert not stage.fitted.printer.jobs
    finally:
        stage.loop.run_until_complete(stage.fitted.printer.become())
