"""Signing in and out."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body, Request, Response

from queue_server.contract import messages as msg
from queue_server.contract import paths
from queue_server.contract.ids import ClerkId, WindowId
from queue_server.contract.problems import Code
from queue_server.core import commands as cmd
from queue_server.core.errors import QueueError
from queue_server.views import utc
from queue_server.web.auth import (
    SERVES,
    SESSION_MS,
    STAFF,
    Authenticator,
    Principal,
    Role,
    Throttle,
    cookie_name,
    hash_token,
)
from queue_server.web.deps import Account, Hall
from queue_server.web.problems import Refused

PASSWORD_CHECKS = 2
"""argon2 takes memory on purpose; so many at a time."""


class SessionView(msg.Answer):
    """`GET /api/v1/session`: who is signed in, without the token."""

    role: str
    username: str
    display_name: str
    window_id: str | None
    expires_at: msg.Utc


def session_router(hall: Hall, authenticator: Authenticator) -> APIRouter:
    """The routes of sessions."""
    routes = _Sessions(hall, authenticator)
    router = APIRouter()
    add = router.add_api_route
    add(paths.SESSION, routes.sign_in, methods=["POST"], response_model=msg.SessionAnswer)
    add(paths.SESSION, routes.who, methods=["GET"], response_model=SessionView)
    add(paths.SESSION, routes.sign_out, methods=["DELETE"], status_code=204)
    return router


class _Sessions:
    def __init__(self, hall: Hall, authenticator: Authenticator) -> None:
        self._hall = hall
        self._authenticator = authenticator
        self._throttle = Throttle()
        self._checks = asyncio.Semaphore(PASSWORD_CHECKS)

    async def sign_in(
        self, request: Request, response: Response, wanted: Annotated[msg.SessionRequest, Body()]
    ) -> msg.SessionAnswer:
        """Sign in, and at a window if one is named."""
        address = request.client.host if request.client else "?"
        names = (f"account:{wanted.username}", f"address:{address}")
        self._throttle.check(*names)
        async with self._checks:
            account = await asyncio.to_thread(
                self._hall.people.check_password, wanted.username, wanted.password
            )
        if account is None:
            self._throttle.failed(*names)
            raise Refused(Code.WRONG_CREDENTIALS)
        self._throttle.passed(names[0])
        if wanted.window_id is not None:
            await self._take_window(account, WindowId(wanted.window_id))
        return await self._open(account, wanted.window_id, response)

    async def _take_window(self, account: Account, window_id: WindowId) -> None:
        if Role(account.role) not in SERVES:
            raise Refused(Code.FORBIDDEN)
        await self._hall.service.handle(
            cmd.SignIn(window_id, ClerkId(account.username)),
            actor=f"staff:{account.username}",
            render=lambda before, after, events: (200, b""),
        )

    async def _open(
        self, account: Account, window_id: str | None, response: Response
    ) -> msg.SessionAnswer:
        token = self._hall.new_token()
        now_ms = self._hall.wall_ms()
        expires_ms = now_ms + SESSION_MS
        await asyncio.to_thread(
            self._hall.people.open_session,
            hash_token(token),
            account,
            window_id,
            now_ms,
            expires_ms,
        )
        response.set_cookie(
            cookie_name(secure=self._hall.secure),
            token,
            max_age=SESSION_MS // 1000,
            httponly=True,
            secure=self._hall.secure,
            samesite="strict",
            path="/",
        )
        return msg.SessionAnswer(
            token=token,
            role=account.role,
            username=account.username,
            display_name=account.display_name,
            window_id=window_id,
            expires_at=utc(expires_ms),
        )

    async def who(self, request: Request) -> SessionView:
        """Who is signed in."""
        principal = await self._authenticator.require(request, STAFF)
        return SessionView(
            role=principal.role,
            username=principal.id,
            display_name=principal.display_name,
            window_id=principal.window_id,
            expires_at=utc(principal.expires_ms),
        )

    async def sign_out(self, request: Request, response: Response) -> None:
        """End the session and leave its window; a ticket still at hand keeps the window taken."""
        principal = await self._authenticator.require(request, STAFF)
        await asyncio.to_thread(self._hall.people.end_session, principal.token_hash)
        self._authenticator.forget(principal.token_hash)
        response.delete_cookie(cookie_name(secure=self._hall.secure), path="/")
        if principal.window_id is not None:
            await self._leave_window(principal, WindowId(principal.window_id))

    async def _leave_window(self, principal: Principal, window_id: WindowId) -> None:
        try:
            await self._hall.service.handle(
                cmd.CloseWindow(window_id, ClerkId(principal.id)),
                actor=principal.actor,
                render=lambda before, after, events: (204, b""),
            )
        except QueueError:
            # Someone else sits there by now, or a citizen does: signing out never fails for that.
            return
