"""Small things done on a connection."""

import asyncio

import aiomqtt
import pytest

from queue_server.bus.connection import attempt_within, causes, retain, send


class ForgetfulClient(aiomqtt.Client):
    """Forgets one cancellation that comes with its answer, as `wait_for` did before 3.12."""

    def __init__(self) -> None:
        super().__init__("unused.invalid")
        self.waiting = asyncio.Event()
        self.forgot = False

    async def publish(self, *_: object, **__: object) -> None:
        self.waiting.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if self.forgot:
                raise
            self.forgot = True


@pytest.mark.parametrize("publish", [retain, send])
async def test_a_cancellation_that_aiomqtt_forgets_still_ends_the_task(publish: object) -> None:
    client = ForgetfulClient()

    async def forever() -> None:
        while True:
            await publish(client, "topic", "payload")  # type: ignore[operator] # one of two functions

    task = asyncio.create_task(forever())
    await client.waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(asyncio.shield(task), 5)
    assert task.cancelled()


async def test_a_last_thing_on_a_broken_link_takes_no_longer_than_it_may() -> None:
    await asyncio.wait_for(attempt_within(0.01, asyncio.sleep(60)), 5)

    async def broken() -> None:
        raise aiomqtt.MqttError("gone")

    await attempt_within(5, broken())


def test_the_causes_are_found_in_nested_groups() -> None:
    one, two = ValueError("1"), KeyError("2")
    group = BaseExceptionGroup("", [BaseExceptionGroup("", [one]), two])
    assert causes(group) == [one, two]
    assert causes(one) == [one]
