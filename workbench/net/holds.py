"""Who keeps the peer waiting: reading goes on when nobody does any more."""

from workbench.net.transport import TcpTransport


class ReadingHolds:
    """The holds on the reading of one association; each holder has one at most."""

    def __init__(self) -> None:
        """Begins without a hold."""
        self._holders: set[int] = set()

    def hold(self, holder: object, transport: TcpTransport | None) -> None:
        """Makes the peer wait until `holder` lets go."""
        if transport is not None:
            self._holders.add(id(holder))
            transport.pause_reading()

    def let_go(self, holder: object, transport: TcpTransport | None) -> None:
        """Takes the hold of `holder` away; the last one taken away lets the peer go on."""
        if id(holder) in self._holders:
            self._holders.remove(id(holder))
            if not self._holders and transport is not None:
                transport.resume_reading()

    def let_all_go(self, transport: TcpTransport | None) -> None:
        """Takes all holds away: the association is over, and only its end is still to be read."""
        self._holders.clear()
        if transport is not None:
            transport.resume_reading()
