"""A logarithmic axis: where a value falls on it, and which values deserve a tick."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

FAR = 300.0  # powers of ten beyond this are drawn at this


@dataclass(frozen=True)
class LogScale:
    """Maps [10^low, 10^high] to [start, end] in drawing units; values outside are held at the ends."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Where a value falls, to a tenth of a drawing unit; what is not positive falls on the low end."""
        power = math.log10(value) if value > 0 else self.low
        share = (min(max(power, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self, most: int = 7) -> list[float]:
        """Powers of ten, evenly spaced, at most `most`; below two decades also 2 and 5 times those."""
        first, last = math.ceil(self.low - 1e-9), math.floor(self.high + 1e-9)
        if self.high - self.low < 2:
            close = [step * 10.0**power for power in range(first - 1, last + 1) for step in (1, 2, 5)]
            return [each for each in close if self.low - 1e-9 <= math.log10(each) <= self.high + 1e-9]
        step = max(1, math.ceil((last - first + 1) / most))
        return [10.0**power for power in range(first, last + 1) if (power - first) % step == 0]


def log_scale(values: Iterable[float], start: float, end: float, *, decades: bool = True) -> LogScale | None:
    """The scale of all positive finite values, from decade to decade (or tightly); None without any."""
    powers = [min(max(math.log10(value), -FAR), FAR) for value in values if value > 0 and math.isfinite(value)]
    if not powers:
        return None
    low, high = min(powers), max(powers)
    if decades:
        low, high = math.floor(low + 1e-9), math.ceil(high - 1e-9)
    else:
        low, high = low - 0.08, high + 0.08
    if high - low < 0.5:
        low, high = (low, low + 1) if decades else (low - 0.25, high + 0.25)
    return LogScale(low, high, start, end)
