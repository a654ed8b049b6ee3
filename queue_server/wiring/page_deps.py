"""What the pages need of a running hall."""

from collections.abc import Mapping, Sequence

from fastapi import Request

from queue_server.packs import Choice, Pack
from queue_server.web.auth import (
    ADMINISTERS,
    ISSUES,
    SEES_FIGURES,
    TENDS_DEVICES,
    Authenticator,
)
from queue_server.web.deps import Hall
from queue_server.web.pages import PageUser, Reasons


def _choices(choices: Sequence[Choice]) -> list[tuple[str, Mapping[str, str]]]:
    return [(choice.id, choice.names) for choice in choices]


class HallPages:
    """`web.pages.PageDeps` of this hall."""

    def __init__(self, hall: Hall, authenticator: Authenticator, pack: Pack) -> None:
        self._hall = hall
        self._authenticator = authenticator
        self._reasons = Reasons(
            pause=_choices(pack.pause_reasons),
            call=_choices(pack.out_of_order_reasons),
            cancel=_choices(pack.cancel_reasons),
        )

    async def page_user(self, request: Request) -> PageUser | None:
        """Who is looking."""
        principal = await self._authenticator.principal(request)
        if principal is None:
            return None
        return PageUser(
            role=principal.role,
            display_name=principal.display_name,
            window_id=principal.window_id,
            may_serve=principal.role in ISSUES,
            may_manage=principal.role in SEES_FIGURES,
            may_tend=principal.role in TENDS_DEVICES,
            may_administer=principal.role in ADMINISTERS,
        )

    def hall_name(self) -> Mapping[str, str]:
        """The hall's name by language."""
        return self._hall.signs().hall_name

    def languages(self) -> Sequence[str]:
        """Languages of the hall, the default first."""
        return self._hall.languages

    def reasons(self) -> Reasons:
        """What a clerk may give as a reason."""
        return self._reasons

    def timezone(self) -> str:
        """The hall's time zone."""
        return self._hall.time_zone

    def translate(self, language: str, text: str) -> str:
        """A sentence in a language."""
        return self._hall.say(language, text)
