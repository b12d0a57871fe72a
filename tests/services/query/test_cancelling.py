"""The wish to end what is asked."""

import asyncio

from workbench.errors import TransportError
from workbench.services.query.cancelling import Cancelling


async def test_what_is_under_way_is_cancelled_and_nothing_else() -> None:
    cancelling, cancelled = Cancelling(), list[str]()
    done = asyncio.Event()

    def cancel(name: str) -> "asyncio.Future[None]":
        cancelled.append(name)
        future = asyncio.get_running_loop().create_future()
        future.set_result(None)
        done.set()
        return future

    with cancelling.of(lambda: cancel("over")):
        pass
    with cancelling.of(lambda: cancel("under way")):
        assert not cancelling.is_wanted
        cancelling.want()
        await done.wait()
    assert (cancelling.is_wanted, cancelled) == (True, ["under way"])


async def test_an_association_that_has_ended_is_no_error() -> None:
    cancelling, done = Cancelling(), asyncio.Event()

    async def cancel() -> None:
        done.set()
        raise TransportError("gone", stage="lost")

    with cancelling.of(cancel):
        cancelling.want()
        await done.wait()
