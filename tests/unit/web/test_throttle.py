"""How often one address may do what anybody may do."""

from types import SimpleNamespace
from typing import cast

import pytest
from starlette.requests import Request

from queue_server.contract.problems import Code
from queue_server.web import throttle
from queue_server.web.problems import Refused
from queue_server.web.throttle import Throttle, address_of


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def request(host: str | None) -> Request:
    client = SimpleNamespace(host=host) if host is not None else None
    return cast("Request", SimpleNamespace(client=client))


def test_a_burst_passes_and_then_it_is_told_how_long_to_wait() -> None:
    clock = Clock()
    bucket = Throttle(3, 60.0, clock)
    for _ in range(3):
        bucket.take("a")
    with pytest.raises(Refused) as refused:
        bucket.take("a")
    assert refused.value.code is Code.TOO_MANY_REQUESTS
    assert refused.value.params == {"retry_s": "20"}
    bucket.take("b")
    clock.now_s += 20
    bucket.take("a")
    with pytest.raises(Refused):
        bucket.check("a")


def test_looking_costs_nothing() -> None:
    bucket = Throttle(1, 60.0, Clock())
    for _ in range(5):
        bucket.check("a")
    bucket.take("a")


def test_it_remembers_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MAX_REMEMBERED", 10)
    clock = Clock()
    bucket = Throttle(1, 60.0, clock)
    for number in range(50):
        bucket.take(f"address-{number}")
    assert len(bucket._left) <= 10
    with pytest.raises(Refused):
        bucket.take("address-49")


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("192.168.1.7", "192.168.1.7"),
        ("2001:db8:1:2:3::7", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        (None, ""),
    ],
)
def test_a_household_of_ipv6_is_one_address(host: str | None, address: str) -> None:
    assert address_of(request(host)) == address
