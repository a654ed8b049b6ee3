"""How many numbers of an item kiosks give in one day."""

import pytest

from queue_server.contract.ids import DeviceId, GrantId, RequestKey, ServiceId, TicketId, VisitId
from queue_server.core import commands as cmd
from queue_server.core.errors import QuotaFull, SettingsInvalid
from queue_server.core.model import Grant
from queue_server.core.quota import places, places_left
from queue_server.core.settings import GroupSetting, HallSettings, ServiceSetting
from tests.unit.core.desk import DAY, Desk, settings


def with_quotas(item: int | None = None, group: int | None = None, **more: object) -> HallSettings:
    """A01 has the item's quota, group A the group's."""
    base = settings(**more)
    services = tuple(
        ServiceSetting(s.service_id, s.group_id, s.target_s, s.prior_s, item)
        if s.service_id == "A01"
        else s
        for s in base.services
    )
    groups = tuple(
        GroupSetting(g.group_id, g.prefix, group if g.group_id == "A" else None)
        for g in base.groups
    )
    return settings(services=services, groups=groups, **more)


def opened(item: int | None = None, group: int | None = None) -> Desk:
    desk = Desk.opened()
    desk.do(cmd.ChangeSettings(with_quotas(item, group), "catalogue-2"))
    return desk


def test_an_item_is_full_once_its_numbers_are_given_and_the_other_items_are_not() -> None:
    desk = opened(item=2)
    assert places(desk.floor) == {"A01": 2}
    desk.issue("A01")
    assert places_left(desk.floor, ServiceId("A01")) == 1
    desk.issue("A01")
    with pytest.raises(QuotaFull):
        desk.issue("A01")
    desk.issue("A02")
    desk.issue("B01")
    assert places(desk.floor) == {"A01": 0}


def test_a_group_s_quota_is_shared_by_its_items_and_the_smaller_one_counts() -> None:
    desk = opened(item=5, group=2)
    desk.issue("A01")
    assert places(desk.floor) == {"A01": 1, "A02": 1}
    desk.issue("A02")
    for full in ("A01", "A02"):
        with pytest.raises(QuotaFull):
            desk.issue(full)
    desk.issue("B01")


def test_a_number_that_was_served_or_given_back_has_used_its_place() -> None:
    desk = opened(item=2)
    desk.do(cmd.Abandon(desk.issue("A01")))
    desk.issue("A01")
    desk.serve()
    with pytest.raises(QuotaFull):
        desk.issue("A01")


def test_staff_may_go_beyond_it_and_the_next_day_begins_anew() -> None:
    desk = opened(item=1)
    desk.issue("A01")
    staffed = cmd.IssueTicket(TicketId("t"), VisitId("v"), ServiceId("A01"), staffed=True)
    desk.do(staffed)
    assert places(desk.floor) == {"A01": 0}
    desk.do(cmd.RollDay(DAY.replace(day=3)))
    assert places(desk.floor) == {"A01": 1}


def test_what_a_cut_off_kiosk_printed_counts_and_is_never_refused() -> None:
    desk = opened(item=1)
    desk.do(cmd.GiveGrant(GrantId("g"), DeviceId("kiosk-1"), "memory"))
    grant = desk.floor.grants[GrantId("g")]
    assert isinstance(grant, Grant)
    for counter in (1, 2):
        desk.do(
            cmd.UploadTicket(
                RequestKey(f"k{counter}"),
                TicketId(f"t{counter}"),
                VisitId(f"v{counter}"),
                grant.grant_id,
                f"A1-0{counter}",
                ServiceId("A01"),
                desk.now_ms,
                printed=True,
            )
        )
    assert places(desk.floor) == {"A01": 0}
    with pytest.raises(QuotaFull):
        desk.issue("A01")


def test_a_quota_below_nothing_is_no_setting() -> None:
    desk = Desk.opened()
    with pytest.raises(SettingsInvalid, match="day_quota"):
        desk.do(cmd.ChangeSettings(with_quotas(item=-1), "catalogue-2"))
