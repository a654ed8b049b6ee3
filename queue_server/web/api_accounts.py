"""Who may sign in: for administrators and the command line."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Request
from pydantic import Field

from queue_server.contract import messages as msg
from queue_server.contract import paths
from queue_server.contract.problems import Code
from queue_server.web.auth import ADMINISTERS, Authenticator
from queue_server.web.deps import Account, Hall
from queue_server.web.problems import Refused

ACCOUNTS = f"{paths.API}/accounts"
Username = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Password = Annotated[str, Field(min_length=8, max_length=256)]


class NewAccount(msg.Request):
    """`POST /api/v1/accounts`."""

    username: Username
    display_name: Annotated[str, Field(min_length=1, max_length=64)]
    role: Literal["clerk", "guide", "duty_manager", "manager", "administrator", "auditor"]
    password: Password


class NewPassword(msg.Request):
    """`PUT /api/v1/accounts/{username}/password`."""

    password: Password


class AccountRow(msg.Answer):
    """An account in the list."""

    username: str
    display_name: str
    role: str


def accounts_router(hall: Hall, authenticator: Authenticator) -> APIRouter:
    """The routes of accounts."""
    routes = _Accounts(hall, authenticator)
    router = APIRouter()
    add = router.add_api_route
    add(ACCOUNTS, routes.every, methods=["GET"], response_model=list[AccountRow])
    add(ACCOUNTS, routes.create, methods=["POST"], response_model=AccountRow, status_code=201)
    one = f"{ACCOUNTS}/{{username}}"
    add(f"{one}/password", routes.password, methods=["PUT"], status_code=204)
    add(one, routes.remove, methods=["DELETE"], status_code=204)
    return router


class _Accounts:
    def __init__(self, hall: Hall, authenticator: Authenticator) -> None:
        self._hall = hall
        self._authenticator = authenticator

    async def every(self, request: Request) -> list[AccountRow]:
        """Everyone who may sign in."""
        await self._authenticator.require(request, ADMINISTERS)
        rows = await asyncio.to_thread(self._hall.people.accounts)
        return [
            AccountRow(username=a.username, display_name=a.display_name, role=a.role) for a in rows
        ]

    async def create(self, request: Request, wanted: Annotated[NewAccount, Body()]) -> AccountRow:
        """A new account."""
        await self._authenticator.require(request, ADMINISTERS)
        account = Account(wanted.username, wanted.display_name, wanted.role)
        added = await asyncio.to_thread(self._hall.people.add_account, account, wanted.password)
        if not added:
            raise Refused(Code.NAME_TAKEN, username=wanted.username)
        return AccountRow(
            username=account.username, display_name=account.display_name, role=account.role
        )

    async def password(
        self, request: Request, username: str, wanted: Annotated[NewPassword, Body()]
    ) -> None:
        """Another password."""
        await self._authenticator.require(request, ADMINISTERS)
        people = self._hall.people
        if not await asyncio.to_thread(people.set_password, username, wanted.password):
            raise Refused(Code.NOT_FOUND)
        self._authenticator.forget_all()

    async def remove(self, request: Request, username: str) -> None:
        """May not sign in any more."""
        await self._authenticator.require(request, ADMINISTERS)
        if not await asyncio.to_thread(self._hall.people.remove_account, username):
            raise Refused(Code.NOT_FOUND)
        self._authenticator.forget_all()
