"""What a storage SCP does wrong on purpose, so that an SCU can be tried: it dawdles, or aborts.

Each time is noted in the trace, so that nobody takes it for a fault of the network.
"""

import asyncio
from dataclasses import dataclass

from workbench.net.incoming import IncomingRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFaults:
    """The faults; by default there are none.

    Attributes:
        seconds_during: to wait before each piece of an object that comes is taken.
        seconds_after: to wait after an object was answered, before the next request is looked at.
        aborts_during: sends A-ABORT as soon as an object begins to come.
        aborts_after: sends A-ABORT when an object has come whole, in place of the answer; it is not kept.
    """

    seconds_during: float = 0.0
    seconds_after: float = 0.0
    aborts_during: bool = False
    aborts_after: bool = False

    async def abort(self, request: IncomingRequest) -> bool:
        """Aborts the association of a C-STORE-RQ, when that is wanted; gives whether it was."""
        if not self.aborts_during and not self.aborts_after:
            return False
        when = "when an object begins to come"
        if not self.aborts_during:
            when = "in place of the answer to an object"
            if request.data_set is not None:
                await request.data_set.discard()
        _note(request, f"fault on purpose: A-ABORT {when}")
        request.association.abort(cause=f"a fault on purpose, {when}")
        return True

    async def pause_during(self, request: IncomingRequest) -> None:
        """Waits while an object comes."""
        await _pause(request, self.seconds_during, "while an object comes")

    async def pause_after(self, request: IncomingRequest) -> None:
        """Waits after an answer."""
        await _pause(request, self.seconds_after, "after an object was answered")


async def _pause(request: IncomingRequest, seconds: float, when: str) -> None:
    if seconds > 0 and request.association.end is None:
        _note(request, f"fault on purpose: {seconds:g} s of waiting {when}")
        await asyncio.sleep(seconds)


def _note(request: IncomingRequest, note: str) -> None:
    request.association.connection.recorder.note(request.association.number, note)
