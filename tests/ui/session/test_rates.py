"""Rate and time left, from the last seconds."""

from ui.session.rates import Rate


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_rate_is_that_of_the_last_seconds() -> None:
    clock = Clock()
    rate = Rate(clock)
    for second in range(1, 11):
        clock.now = 100.0 + second
        rate.sample(second * 10 if second <= 5 else 50 + (second - 5) * 1000, second)
    assert rate.seconds == 10
    assert rate.bytes_per_second == 1000
    assert rate.objects_per_second == 1
    assert rate.remaining(5000) == 5


def test_nothing_is_promised_while_nothing_moves() -> None:
    clock = Clock()
    rate = Rate(clock)
    assert (rate.bytes_per_second, rate.remaining(10)) == (0, None)
    for _ in range(5):
        clock.now += 1
        rate.sample(0, 0)
    assert rate.remaining(10) is None
