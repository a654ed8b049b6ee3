"""A pack and its catalogue as the hall uses them: settings for the queue, messages for kiosks."""

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256

from queue_server.contract import messages as msg
from queue_server.contract.ids import ClassId, GroupId, ServiceId, WindowId
from queue_server.core.appointment_rules import DAY_MIN, AppointmentRules, Places
from queue_server.core.settings import (
    ClassSetting,
    CloseOfDay,
    Discipline,
    DisciplineKind,
    GroupSetting,
    HallSettings,
    OpenSpan,
    ServiceSetting,
    WindowSetting,
)
from queue_server.packs import CatalogueItem, LabelKind, Pack
from queue_server.views import Signage


def settings_of(pack: Pack, *, always_open: bool) -> HallSettings:
    """The settings a hall of this pack starts with."""
    digits = pack.labels.kind is LabelKind.DIGITS
    return HallSettings(
        services=tuple(
            ServiceSetting(
                ServiceId(item.id),
                GroupId(item.group_id),
                item.target_s,
                item.service_time_prior_s,
            )
            for item in pack.catalogue.items
        ),
        groups=tuple(
            GroupSetting(GroupId(g.id), g.band if digits else g.id, g.day_quota)
            for g in pack.groups
        ),
        windows=tuple(
            WindowSetting(WindowId(w.id), tuple(GroupId(g) for g in w.serves))
            for w in pack.demo.windows
        ),
        classes=tuple(ClassSetting(ClassId(c.id), c.weight) for c in pack.priority_classes),
        discipline=Discipline(
            DisciplineKind(pack.queue.rule), pack.queue.ratio_k, pack.queue.max_wait_s
        ),
        close_of_day=CloseOfDay(pack.day.at_close),
        roll_hour=pack.day.roll_over_hour,
        grace_s=pack.queue.grace_s,
        undo_s=pack.queue.undo_s,
        hours=() if always_open else _spans(pack),
        closed_dates=() if always_open else _dates(pack, working=False),
        extra_workdays=() if always_open else _dates(pack, working=True),
        time_zone=pack.time_zone,
        appointments=_appointments(pack, always_open=always_open),
        issue_stops_before_close_s=pack.hours.issue_stops_before_close_s,
        force_after_h=pack.day.force_after_h,
    )


def _appointments(pack: Pack, *, always_open: bool) -> AppointmentRules:
    """The pack's rules; a demo that never closes takes appointments all day."""
    plan = pack.appointments
    if plan is None:
        return AppointmentRules()
    first_min = plan.first.hour * 60 + plan.first.minute
    last_min = plan.last.hour * 60 + plan.last.minute
    return AppointmentRules(
        places=tuple(Places(p.of, p.slot, p.day) for p in plan.places),
        slot_min=plan.slot_min,
        first_min=0 if always_open else first_min,
        last_min=DAY_MIN if always_open else last_min,
        days_ahead=plan.days_ahead,
        notice_min=plan.notice_min,
        early_min=plan.early_min,
        late_min=plan.late_min,
        in_a_row=plan.in_a_row,
    )


def _spans(pack: Pack) -> tuple[OpenSpan, ...]:
    spans = []
    for iso_weekday in range(1, 8):
        working = iso_weekday in pack.calendar.working_weekdays
        for hours in pack.hours.working_day if working else pack.hours.other_day:
            start_min = hours.start.hour * 60 + hours.start.minute
            end_min = hours.end.hour * 60 + hours.end.minute
            spans.append(OpenSpan(iso_weekday - 1, start_min, end_min))
    return tuple(spans)


def _dates(pack: Pack, *, working: bool) -> tuple[str, ...]:
    days: Sequence[date] = sorted(d for d, c in pack.calendar.days.items() if c.working is working)
    return tuple(day.isoformat() for day in days)


def signage_of(pack: Pack, hall_id: str) -> Signage:
    """What the hall calls itself and its parts."""
    notices = pack.demo.notices
    return Signage(
        hall_id=hall_id,
        hall_name=dict(pack.demo.names),
        group_names={GroupId(g.id): dict(g.names) for g in pack.groups},
        window_names={WindowId(w.id): dict(w.names) for w in pack.demo.windows},
        languages=pack.languages,
        notice=dict(notices[0]) if notices else {},
        address=dict(pack.demo.address),
        closed_names={
            day.isoformat(): dict(found.names)
            for day, found in pack.calendar.days.items()
            if not found.working
        },
    )


def _item(item: CatalogueItem) -> msg.CatalogueItem:
    return msg.CatalogueItem(
        service_id=item.id,
        group_id=item.group_id,
        name=dict(item.name),
        plain_name=dict(item.plain_name),
        aliases=[alias for aliases in item.aliases.values() for alias in aliases],
        search_keys=list(item.search_keys),
        icon=item.icon,
        topics=list(item.topics),
        target_s=item.target_s,
        extra={key: _plain(value) for key, value in item.extra.items()},
    )


def _plain(value: object) -> object:
    """Frozen JSON as lists and dicts."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value


def published(pack: Pack, hall_id: str, public_url: str | None) -> msg.Catalogue:
    """The catalogue as kiosks get it."""
    windows = {g.id: [w.id for w in pack.demo.windows if g.id in w.serves] for g in pack.groups}
    return msg.Catalogue(
        version=str(pack.catalogue.version),
        hash=pack.catalogue.hash,
        pack=pack.id,
        hall_id=hall_id,
        hall_name=dict(pack.demo.names),
        languages=list(pack.languages),
        id_reader=any(document.reader for document in pack.documents),
        groups=[
            msg.CatalogueGroup(
                group_id=g.id, name=dict(g.names), icon=g.icon, windows=windows[g.id]
            )
            for g in pack.groups
        ],
        topics=[
            msg.CatalogueTopic(topic_id=t.id, name=dict(t.names), icon=t.icon) for t in pack.topics
        ],
        items=[_item(item) for item in pack.catalogue.items],
        priority_classes=[
            msg.CataloguePriority(class_id=c.id, name=dict(c.names)) for c in pack.priority_classes
        ],
        public_url=public_url,
        help_service=pack.help_service_id,
    )


class PublishedCatalogue:
    """The catalogue of a running hall, encoded once."""

    def __init__(self, catalogue: msg.Catalogue) -> None:
        self._catalogue = catalogue
        self._body = catalogue.model_dump_json().encode()
        self._tag = sha256(self._body).hexdigest()[:32]

    def current(self) -> msg.Catalogue:
        """The catalogue."""
        return self._catalogue

    def json(self) -> tuple[bytes, str]:
        """Its JSON and entity tag."""
        return self._body, self._tag
