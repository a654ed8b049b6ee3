"""What a hall has decided about appointments (docs/appointments.md).

Slots are minutes of a local day: whoever knows the hall's time zone turns them into moments.
"""

from dataclasses import dataclass

SHORTEST_SLOT_MIN = 5
LONGEST_SLOT_MIN = 240
MOST_DAYS_AHEAD = 60
MOST_PLACES = 200
DAY_MIN = 24 * 60


@dataclass(frozen=True, slots=True)
class Places:
    """How many appointments a group or an item takes.

    Attributes:
        of: a group's or an item's id; an item is bookable when its group or itself has an entry.
        slot: at most so many in one slot.
        day: at most so many in one day; 0 for no such bound.
    """

    of: str
    slot: int
    day: int = 0


@dataclass(frozen=True, slots=True)
class AppointmentRules:
    """Which slots there are, how they are kept, and how they go with the queue.

    Attributes:
        places: quotas; empty means that the hall takes no appointments.
        slot_min: length of a slot, minutes; slots start at the beginning of each opening span.
        first_min: no slot starts before this minute of the day.
        last_min: no slot ends after this minute of the day.
        days_ahead: how many days after today may be booked.
        notice_min: a slot is closed for booking so many minutes before it starts.
        early_min: how long before its slot somebody may check in.
        late_min: how long after the start of its slot an appointment still counts.
        in_a_row: at most so many appointments are called at a window one after another while
            somebody without one waits there.
    """

    places: tuple[Places, ...] = ()
    slot_min: int = 30
    first_min: int = 0
    last_min: int = DAY_MIN
    days_ahead: int = 7
    notice_min: int = 30
    early_min: int = 20
    late_min: int = 10
    in_a_row: int = 2


def faults_of(rules: AppointmentRules, groups: list[str], services: list[str]) -> list[str]:
    """What contradicts itself, as short English phrases; empty when sound."""
    named = [p.of for p in rules.places]
    found = [
        f"appointments name the unknown group or item {name}"
        for name in named
        if name not in groups and name not in services
    ]
    found += [
        f"appointments have two quotas for {twice}"
        for twice in sorted({name for name in named if named.count(name) > 1})
    ]
    checks = (
        (
            any(not 1 <= p.slot <= MOST_PLACES or p.day < 0 for p in rules.places),
            f"a quota of appointments is not 1 to {MOST_PLACES} a slot",
        ),
        (
            not SHORTEST_SLOT_MIN <= rules.slot_min <= LONGEST_SLOT_MIN,
            f"appointments.slot_min is not {SHORTEST_SLOT_MIN} to {LONGEST_SLOT_MIN}",
        ),
        (
            not 0 <= rules.first_min < rules.last_min <= DAY_MIN,
            "appointments.first_min and last_min are no stretch of a day",
        ),
        (
            not 0 <= rules.days_ahead <= MOST_DAYS_AHEAD,
            f"appointments.days_ahead is not 0 to {MOST_DAYS_AHEAD}",
        ),
        (
            min(rules.notice_min, rules.early_min, rules.late_min) < 0,
            "a time of appointments is negative",
        ),
        (rules.in_a_row < 1, "appointments.in_a_row is below 1"),
    )
    return found + [phrase for wrong, phrase in checks if wrong]
