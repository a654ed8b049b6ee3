"""Settings that contradict themselves are refused with a phrase each."""

from dataclasses import replace

import pytest

from queue_server.catalogue import settings_of
from queue_server.contract.ids import ClassId, GroupId, ServiceId, WindowId
from queue_server.core.settings import (
    ClassSetting,
    Discipline,
    GroupSetting,
    HallSettings,
    OpenSpan,
    ServiceSetting,
    Skills,
    WindowSetting,
    faults,
)
from queue_server.packs import load_pack, shipped_pack
from tests.unit.core.desk import settings

GOOD = settings()
A = GroupId("A")


def service(service_id: str, group: str = "A", prior_s: int = 300) -> ServiceSetting:
    return ServiceSetting(ServiceId(service_id), GroupId(group), prior_s=prior_s)


def window(window_id: str, *groups: str, services: tuple[str, ...] = ()) -> WindowSetting:
    groups_of = tuple(GroupId(g) for g in groups)
    return WindowSetting(WindowId(window_id), groups_of, tuple(ServiceId(s) for s in services))


@pytest.mark.parametrize("pack", ["cn-township", "plain"])
@pytest.mark.parametrize("always_open", [False, True])
def test_the_settings_of_both_packs_are_sound(pack: str, always_open: bool) -> None:  # noqa: FBT001
    assert faults(settings_of(load_pack(shipped_pack(pack)), always_open=always_open)) == []


def changed(**more: object) -> HallSettings:
    return replace(GOOD, **more)  # type: ignore[arg-type]  # fields of HallSettings by name


WRONG = {
    "group A stands twice": changed(groups=(*GOOD.groups, GroupSetting(A, "X"))),
    "item A01 stands twice": changed(services=(*GOOD.services, service("A01"))),
    "window 1 stands twice": changed(windows=(*GOOD.windows, window("1", "A"))),
    "prefix A stands twice": changed(groups=(*GOOD.groups, GroupSetting(GroupId("C"), "A"))),
    "priority class soldier stands twice": changed(
        classes=(*GOOD.classes, ClassSetting(ClassId("soldier")))
    ),
    "item C01 names the unknown group C": changed(services=(*GOOD.services, service("C01", "C"))),
    "window 4 names the unknown group C": changed(windows=(*GOOD.windows, window("4", "C"))),
    "window 4 names the unknown item C01": changed(
        windows=(*GOOD.windows, window("4", services=("C01",)))
    ),
    "no window serves item B01": changed(windows=(window("1", "A", services=("B02",)),)),
    "there is no window": changed(windows=()),
    "there is no item": changed(services=()),
    "roll_hour is not an hour of the day": changed(roll_hour=24),
    "ratio_k is below 1": changed(discipline=Discipline(ratio_k=0)),
    "max_wait_s is below 60": changed(discipline=Discipline(max_wait_s=59)),
    "grace_s or undo_s is negative": changed(grace_s=-1),
    "an item's prior_s is below 1": changed(services=(service("A01", prior_s=0),)),
    "a priority class's weight is not above 0": changed(
        classes=(ClassSetting(ClassId("soldier"), 0.0),)
    ),
    "a weekday is not 0 to 6": changed(hours=(OpenSpan(7, 0, 60),)),
    "an opening span does not lie within its day": changed(hours=(OpenSpan(0, 60, 60),)),
    "a prefix is not 1 to 4 letters or digits": changed(
        groups=(GroupSetting(A, "ABCDE"), GOOD.groups[1])
    ),
    "prefixes 2 and 21 can make the same number": changed(
        groups=(GroupSetting(A, "2"), GroupSetting(GroupId("B"), "21"))
    ),
    "group 'a b' is no id of one": changed(
        groups=(*GOOD.groups, GroupSetting(GroupId("a b"), "X"))
    ),
    "item 'A1' is no id of one": changed(services=(*GOOD.services, service("A1"))),
    "window 'way too long' is no id of one": changed(
        windows=(*GOOD.windows, window("way too long", "A"))
    ),
    "priority class '' is no id of one": changed(classes=(ClassSetting(ClassId("")),)),
}


@pytest.mark.parametrize("phrase", WRONG)
def test_each_fault_is_named(phrase: str) -> None:
    assert phrase in faults(WRONG[phrase])


def test_sound_settings_have_no_fault() -> None:
    assert faults(GOOD) == []
    assert faults(changed(groups=(GroupSetting(A, "1"), GroupSetting(GroupId("B"), "2")))) == []
    assert faults(changed(hours=(OpenSpan(0, 0, 24 * 60),))) == []


def test_a_newline_after_an_id_is_seen() -> None:
    assert faults(changed(windows=(*GOOD.windows, window("4\n", "A"))))


def test_skills_are_groups_and_single_items() -> None:
    skills = Skills(GOOD)
    assert skills.serves[WindowId("3")] == {"B01", "B02", "A02"}
    assert skills.served_by[ServiceId("A02")] == ("1", "2", "3")
    assert skills.prefix(A) == "A"
