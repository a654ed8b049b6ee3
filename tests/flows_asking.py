"""Ways of somebody who asks: a guide, a search, where a number stands, help, one more matter."""

from hardware.roles import ScannedCode
from queue_server.contract.messages import TicketRequest
from tests.flows_number import TO_CONFIRM, identified, one_number
from tests.kiosk_flows import CARD, OTHER_CARD, SECRETS
from tests.kiosk_stage import Stage


def code_of(stage: Stage, service_id: str = "B01") -> str:
    """Give a number and say what stands on its paper."""
    count = len(stage.hall.tickets)
    given = stage.hall.give(f"k{count}", b"", TicketRequest(service_id=service_id))
    return f"http://hall/t/{given.ticket_id}"


def way_a_guide_by_topic(stage: Stage) -> None:
    stage.go("look_up", ("pick_section", "old-age"), ("pick_item", "B01"))
    assert stage.screen == "guide"
    assert not stage.hall.asked


def way_a_guide_then_its_number(stage: Stage) -> None:
    stage.go("look_up", ("pick_section", "work"))
    assert stage.screen == "guide"
    stage.tap("take", times=2)
    stage.pass_s(1.0)
    assert stage.screen == "confirm"
    stage.tap("confirm", times=3)
    one_number(stage)


def way_a_printed_guide_with_a_hurried_finger(stage: Stage) -> None:
    stage.go("look_up", ("pick_section", "work"))
    stage.tap("print_guide", times=4)
    stage.pass_s(3.0)
    assert len(stage.fitted.printer.jobs) == 1, "one finger, one paper"
    assert not stage.hall.asked


def way_by_search(stage: Stage) -> None:
    stage.go("start", "search")
    for letter in "sydj":
        stage.tap("type", letter)
    stage.pass_s(1.0)
    rows = [one for one in stage.look()["touch"] if one["kind"] == "pick_item"]
    assert rows, "失业登记 by its initials"
    stage.tap("pick_item", rows[0]["value"], times=2)
    stage.pass_s(1.0)
    assert stage.screen == "confirm"
    stage.tap("confirm", times=2)
    one_number(stage)


def way_half_a_search_and_gone(stage: Stage) -> None:
    stage.go("start", "search", ("type", "s"))
    stage.until(lambda: stage.screen == "home", 300, stride_s=2.0)
    stage.go("start", "search")
    assert not stage.presenter.session.visit.inquiry.typed, "the next one finds the last's words"


def way_where_a_number_stands_by_its_paper(stage: Stage) -> None:
    code = code_of(stage)
    stage.go("progress")
    stage.fitted.scanner.scanned.tell(ScannedCode(code))
    stage.until(lambda: stage.screen == "found")
    assert stage.hall.issued[0].number in stage.words
    assert not stage.hall.asked


def way_by_the_code_of_a_ticket(stage: Stage) -> None:
    code = code_of(stage)
    stage.fitted.scanner.scanned.tell(ScannedCode(code))
    stage.until(lambda: stage.screen == "found")
    assert stage.hall.issued[0].number in stage.words
    assert len(stage.hall.issued) == 1


def way_where_a_number_stands_by_a_card_and_gone(stage: Stage) -> None:
    identified(stage)
    stage.go("confirm")
    stage.until(lambda: stage.screen == "ticket")
    stage.go("done", "progress")
    stage.fitted.reader.laid.tell(CARD)
    stage.until(lambda: stage.screen == "found")
    assert stage.hall.issued[0].number in stage.words


def way_the_numbers_of_one_are_not_those_of_another(stage: Stage) -> None:
    identified(stage)
    stage.go("confirm")
    stage.until(lambda: stage.screen == "ticket")
    stage.go("done", "progress")
    stage.fitted.reader.laid.tell(OTHER_CARD)
    stage.until(lambda: stage.screen not in {"progress", "finding"})
    assert stage.hall.issued[0].number not in stage.words
    assert not any(secret in stage.words for secret in SECRETS)


def way_a_number_given_back_with_a_hurried_finger(stage: Stage) -> None:
    code = code_of(stage)
    stage.fitted.scanner.scanned.tell(ScannedCode(code))
    stage.until(lambda: stage.screen == "found")
    stage.tap("give_back", times=4)
    stage.pass_s(1.0)
    assert stage.screen == "give_back", "four taps are no answer to a question"
    assert stage.hall.issued[0].state == "waiting"
    stage.tap("give_back", times=2)
    stage.until(lambda: stage.screen == "found")
    assert stage.hall.issued[0].state == "abandoned"


def way_help_is_called_once(stage: Stage) -> None:
    stage.go("help")
    stage.tap("call_help", times=5)
    stage.pass_s(2.0)
    assert len(stage.hall.helps) == 1


def way_another_matter_in_the_same_visit(stage: Stage) -> None:
    stage.go(*TO_CONFIRM, "confirm")
    one_number(stage)
    stage.tap("another", times=2)
    stage.pass_s(1.0)
    assert stage.screen == "sections"
    stage.go(("pick_section", "old-age"), ("pick_item", "B01"))
    stage.tap("confirm", times=4)
    stage.until(lambda: stage.screen == "ticket")
    assert len(stage.hall.issued) == 2
    assert len(stage.fitted.printer.jobs) == 2
    assert len({key for key, _body in stage.hall.asked}) == 2


def way_the_switches_in_a_hurry(stage: Stage) -> None:
    """Large, contrast, low: each tapped twice in mid-flow, and the number is still one."""
    stage.go(*TO_CONFIRM)
    for wish in ("large", "contrast"):
        stage.tap("comfort", wish, times=3)
    stage.go("confirm")
    one_number(stage)
    stage.go("done")
    assert stage.presenter.session.comfort.large is False, "the next one finds it as it is made"
