"""Reading goes on when the last holder has let go."""

from typing import cast

from workbench.net.holds import ReadingHolds
from workbench.net.transport import TcpTransport


class Reading:
    """Stands in for a transport: whether it reads."""

    def __init__(self) -> None:
        self.goes_on = True

    def pause_reading(self) -> None:
        self.goes_on = False

    def resume_reading(self) -> None:
        self.goes_on = True


def test_the_last_holder_lets_reading_go_on() -> None:
    reading, holds, one, other = Reading(), ReadingHolds(), object(), object()
    transport = cast(TcpTransport, reading)
    holds.hold(one, transport)
    holds.hold(one, transport)
    holds.hold(other, transport)
    holds.let_go(one, transport)
    assert not reading.goes_on
    holds.let_go(one, transport)
    assert not reading.goes_on
    holds.let_go(other, transport)
    assert reading.goes_on


def test_one_who_holds_nothing_lets_nothing_go() -> None:
    reading, holds = Reading(), ReadingHolds()
    transport = cast(TcpTransport, reading)
    holds.hold("one", transport)
    holds.let_go("other", transport)
    assert not reading.goes_on


def test_all_holds_go_with_the_association() -> None:
    reading, holds = Reading(), ReadingHolds()
    transport = cast(TcpTransport, reading)
    holds.hold("one", transport)
    holds.hold("other", transport)
    holds.let_all_go(transport)
    assert reading.goes_on


def test_without_a_transport_there_is_nothing_to_hold() -> None:
    holds = ReadingHolds()
    holds.hold("one", None)
    holds.let_go("one", None)
    holds.let_all_go(None)
