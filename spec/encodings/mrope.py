"""M-RoPE: the pairs of RoPE are dealt out to time, row and column, `mrope_section` says how many to each.

Contiguously, time comes first and turns the fastest pairs; interleaved, the three take turns for as long as row and
column have pairs left, and time has all others; time-slowest, row and column take turns at the fast pairs, and time has
the slow ones. Text, where all three coordinates are equal, is RoPE in each.
"""

from dataclasses import replace

from spec.definitions import Dealing, Departure, Encoding, Fails, Grid, Parameters, along, rotary, witness
from spec.encodings.rope_2d import ON_A_LINE, ROPE_ON_A_GRID, TELLS_ROWS


def _three_eighths(dim: int) -> tuple[int, int, int]:
    """Row and column have three eighths of the pairs each, time the rest: (16, 24, 24) at dimension 128."""
    each = 3 * (dim // 2) // 8
    return dim // 2 - 2 * each, each, each


def _five_sixteenths(dim: int) -> tuple[int, int, int]:
    """Row and column have five sixteenths of the pairs each, time the rest: (24, 20, 20) at dimension 128."""
    each = 5 * (dim // 2) // 16
    return dim // 2 - 2 * each, each, each


def _contiguous(i: int, dim: int, parameters: Parameters) -> int:
    time, row, _ = _section(dim, parameters)
    return 0 if i < time else 1 if i < time + row else 2


def _interleaved(i: int, dim: int, parameters: Parameters) -> int:
    section = _section(dim, parameters)
    if any(3 * (count - 1) + axis >= dim // 2 for axis, count in enumerate(section) if axis and count):
        raise ValueError(f"mrope_section {section} does not fit in turns into {dim // 2} pairs")
    return i % 3 if i // 3 < section[i % 3] else 0


def _time_slowest(i: int, dim: int, parameters: Parameters) -> int:
    section = _section(dim, parameters)
    if section[1] != section[2]:
        raise ValueError(f"mrope_section {section} must give row and column as many pairs, for they take turns")
    return 1 + i % 2 if i < section[1] + section[2] else 0


def _section(dim: int, parameters: Parameters) -> tuple[int, int, int]:
    section = parameters["mrope_section"]
    assert isinstance(section, tuple)
    time, row, column = map(int, section)
    if time + row + column != dim // 2 or min(time, row, column) < 0:
        raise ValueError(f"mrope_section {section} must give each of {dim // 2} pairs to one axis")
    return time, row, column


ENCODING = Encoding(
    name="mrope",
    title="Multimodal rotary position embedding",
    source="Wang et al., Qwen2-VL (2024), section 2.1; interleaved: Qwen Team, Qwen3-VL (2025); time-slowest: "
    "Baidu, ERNIE 4.5 (2025)",
    definition=rotary(dealing=Dealing(axis=_contiguous)),
    parameters={"base": 10000.0, "mrope_section": _three_eighths},
    conventions={
        "interleaved": Departure(
            definition=rotary(dealing=Dealing(axis=_interleaved)),
            parameters={"base": 10000.0, "mrope_section": _five_sixteenths},
        ),
        "time-slowest": Departure(
            definition=rotary(dealing=Dealing(axis=_time_slowest)),
            grid=Grid(axes=3, line=along(2, 1, 3)),
            verdicts={"remote-decay": replace(ON_A_LINE, form=ON_A_LINE.form.replace("(p, 2p, 3p)", "(2p, p, 3p)"))},
        ),
    },
    grid=Grid(axes=3),
    verdicts={
        **ROPE_ON_A_GRID,
        "isotropy": Fails(because=TELLS_ROWS, witness=witness(m=300, n=0)),
    },
)
