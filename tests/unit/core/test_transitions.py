"""The life of a ticket: every row of the table, and every pair that has none."""

from dataclasses import replace

import pytest

from queue_server.core.errors import IllegalTransition
from queue_server.core.model import FINAL, TicketState
from queue_server.core.transitions import TABLE, Act, after
from tests.unit.core.desk import Desk

S = TicketState
WRITTEN_DOWN = {
    # domain.md, "Life of a ticket", read again and written down a second time.
    (S.WAITING, Act.CALL): S.CALLED,
    (S.CALLED, Act.RECALL): S.CALLED,
    (S.CALLED, Act.START): S.SERVING,
    (S.CALLED, Act.NO_SHOW): S.NO_SHOW,
    (S.CALLED, Act.UNDO_CALL): S.WAITING,
    (S.NO_SHOW, Act.REQUEUE): S.WAITING,
    (S.SERVING, Act.FINISH): S.FINISHED,
    (S.SERVING, Act.HOLD): S.HELD,
    (S.HELD, Act.RESUME): S.SERVING,
    (S.HELD, Act.RESUME_CALLED): S.CALLED,
    **{(s, Act.TRANSFER): S.WAITING for s in (S.WAITING, S.CALLED, S.SERVING, S.HELD)},
    **{(s, Act.CANCEL): S.CANCELLED for s in (S.WAITING, S.HELD, S.NO_SHOW)},
    (S.WAITING, Act.ABANDON): S.ABANDONED,
    (S.UNCONFIRMED, Act.CONFIRM): S.WAITING,
    (S.UNCONFIRMED, Act.SETTLE_SERVED): S.FINISHED,
    (S.UNCONFIRMED, Act.SETTLE_NO_SHOW): S.NO_SHOW,
    (S.UNCONFIRMED, Act.CANCEL): S.CANCELLED,
    (S.UNCONFIRMED, Act.ABANDON): S.ABANDONED,
    **{(s, Act.EXPIRE): S.EXPIRED for s in S if s not in FINAL},
}
PAIRS = [(state, act) for state in S for act in Act]


@pytest.mark.parametrize(("state", "act"), PAIRS, ids=[f"{s}-{a}" for s, a in PAIRS])
def test_each_pair_leads_where_the_domain_says_or_is_refused(state: S, act: Act) -> None:
    desk = Desk.opened()
    ticket = replace(desk.ticket(desk.issue()), state=state)
    if (state, act) in WRITTEN_DOWN:
        assert after(ticket, act) is WRITTEN_DOWN[state, act]
        return
    with pytest.raises(IllegalTransition) as refused:
        after(ticket, act)
    assert refused.value.params == {"number": "A001", "state": state, "act": act}


def test_nothing_leaves_a_final_state() -> None:
    assert not [pair for pair in TABLE if pair[0] in FINAL]
