"""Ctrl-C for the tools that ask: the first one cancels what is asked, the second one aborts."""

import asyncio
import signal
from contextlib import suppress

from workbench.cli.output import Output
from workbench.services.query.cancelling import Cancelling


def cancel_on_signals(cancelling: Cancelling, output: Output) -> None:
    """Has signals end what the running task asks for; where there are none, as in threads, nothing happens."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def stop() -> None:
        if cancelling.is_wanted and task is not None:
            task.cancel()
        else:
            output.warning("cancelling; once more to abort")
            cancelling.want()

    with suppress(NotImplementedError, RuntimeError, ValueError):
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop)
