"""Sizes of real models, on both sides of those at which kernels change their path: these cases find, small ones tell.

Every row is one call of 100 000 to 700 000 numbers, all of which are compared.
"""

from collections.abc import Sequence
from itertools import chain, zip_longest
from math import inf, prod

from impls.door.crossing import Strides
from properties.cases.case import Case
from properties.cases.covering import pairwise
from properties.cases.families import Family
from properties.cases.onset import HEAD_SIZES
from spec import Encoding

PACKED = -1
"""In the place of a first position: two sequences, one behind the other, that each count from 0."""
VECTORS: Sequence[tuple[int, int, int, int, int]] = (
    # tokens, head size, heads, batch, first position
    (63, 2, 65, 16, 0),
    (64, 6, 33, 16, 1),
    (65, 14, 17, 16, 0),
    (127, 256, 5, 2, 0),
    (128, 80, 9, 1, 0),
    (129, 96, 12, 1, 0),
    (255, 40, 8, 2, 3),
    (256, 112, 4, 1, 0),
    (257, 160, 3, 1, PACKED),
    (384, 22, 17, 2, 1000),
    (511, 192, 3, 2, 0),
    (512, 64, 4, 1, 0),
    (513, 72, 1, 5, 0),
    (1023, 48, 2, 2, 0),
    (1024, 24, 7, 1, 4096),
    (1025, 128, 4, 1, 0),
    (2047, 32, 3, 3, PACKED),
    (1537, 12, 11, 1, 0),
    (2049, 8, 32, 1, 0),
    (4095, 20, 2, 1, 1),
    (4097, 64, 2, 1, 0),
    (8193, 16, 4, 1, 0),
    (16500, 10, 3, 1, 30000),
    (131073, 4, 1, 1, 0),
    (33, 8, 40, 65, 0),
    (5, 64, 24, 17, 8190),
    (1, 128, 32, 64, 4095),
    (1, 256, 64, 8, 131071),
)
"""Of queries and keys; of tables the first two columns count, beside those of models as wide as these."""
TABLES: Sequence[tuple[int, int]] = ((513, 512), (1025, 768), (200, 1024), (4097, 128), (130, 4096))
BETWEEN: Sequence[tuple[int, int, int, int]] = (
    # queries, keys, heads, the first query's position
    (65, 129, 2, 0),
    (129, 63, 1, 0),
    (257, 255, 3, 0),
    (128, 128, 4, 5),
    (127, 513, 5, 0),
    (513, 64, 7, 0),
    (1025, 33, 8, 0),
    (33, 1025, 9, 992),
    (2049, 65, 1, 0),
    (1, 4097, 12, 4096),
    (1, 8193, 3, 8192),
    (64, 65, 16, 1000),
    (66, 64, 17, 0),
    (31, 47, 20, 0),
    (40, 41, 24, 0),
    (48, 40, 32, 0),
    (35, 37, 33, 0),
    (17, 33, 40, 0),
    (33, 17, 48, 0),
    (9, 15, 56, 0),
    (15, 9, 64, 0),
    (7, 5, 71, 0),
    (6, 9, 112, 0),
    (9, 6, 128, 0),
    (300, 290, 13, 0),
)
"""Of biases."""
BETWEEN_SUMS = 600
"""Of biases that are sums: so many queries and keys together, for exact values are sums as well, which takes longer."""
CONTENTS: Sequence[tuple[int, int, int, int, int]] = (
    # queries, keys, head size, heads, batch
    (65, 129, 64, 2, 1),
    (129, 63, 32, 3, 1),
    (257, 33, 8, 1, 2),
    (33, 257, 16, 4, 1),
    (1, 1025, 6, 2, 1),
    (513, 5, 4, 5, 1),
    (66, 67, 8, 9, 1),
    (17, 18, 128, 3, 1),
    (5, 7, 72, 16, 1),
    (6, 9, 80, 2, 3),
    (7, 5, 256, 2, 2),
    (3, 5, 8, 33, 9),
    (2, 9, 6, 8, 64),
    (9, 2, 96, 12, 3),
    (3, 4, 112, 64, 1),
    (4, 3, 160, 7, 2),
    (2, 3, 192, 9, 5),
)
"""Of scores made with contents, and of weights, whose head size plays no part."""
SEQUENCES: Sequence[tuple[tuple[object, ...], ...]] = (
    (("text", 8193),),
    (("text", 127), ("image", 16, 24), ("text", 129)),
    (("image", 64, 64), ("text", 1)),
    (("text", 1), ("image", 33, 65), ("text", 2)),
    (("text", 5), ("video", 17, 12, 16), ("text", 65)),
    (("text", 3), *(each for _ in range(24) for each in (("image", 7, 5), ("text", 2)))),
)
"""Of assignments."""
DTYPES = 4
STRIDES: Sequence[Strides] = ("contiguous", "transposed", "contiguous", "strided", "contiguous")
"""How the vectors of the cases lie in memory, in turn."""


def _tables(encoding: Encoding, suite_seed: int) -> list[Case]:
    wide = [Case(dim=dim, positions=tuple(range(rows)), batch=1, heads=1) for rows, dim in TABLES]
    return [*_vectors(encoding, suite_seed), *wide]


LENGTHS = (1, *(2**k + d for k in range(6, 13) for d in (-1, 0, 1)), 1537, 8193)
HEADS = (1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 25, 32, 33, 40, 64, 65)
BATCHES = (1, 2, 3, 4, 7, 8, 16, 33, 64, 65)
LARGEST = LENGTHS[-1] * HEAD_SIZES[-1]
"""No call has more numbers than the longest and widest single head."""
DENSE = 2**27
"""Nor a matrix a token more than these, where code makes one of every position."""


def _vectors(encoding: Encoding, suite_seed: int) -> list[Case]:
    laid_out = ((*row, STRIDES[index % len(STRIDES)]) for index, row in enumerate(VECTORS))
    return [_of_vectors(encoding, suite_seed + index, *row) for index, row in enumerate(laid_out)]


def _of_vectors(
    encoding: Encoding, seed: int, tokens: int, dim: int, heads: int, batch: int, first: int, strides: Strides
) -> Case:
    places = tuple(range(first, first + tokens)) if first >= 0 else (*range(tokens // 3), *range(tokens - tokens // 3))
    return Case(dim=encoding.dimension(dim), positions=places, heads=heads, batch=batch, strides=strides, seed=seed)


def _every_pair(encoding: Encoding, suite_seed: int) -> list[Case]:
    """Every two sizes together, in every dtype of four: the rows are in turn those of the first, the second..."""
    axes = (LENGTHS, HEAD_SIZES, HEADS, BATCHES, (0, 1, 4096, PACKED), tuple(dict.fromkeys(STRIDES)), range(DTYPES))
    rows = list(pairwise(axes, lambda row: prod(row[:4]) <= LARGEST and row[0] * row[1] ** 2 <= DENSE))
    turns = ([row[:-1] for row in rows if row[-1] == turn] for turn in range(DTYPES))
    in_turn = chain.from_iterable(zip_longest(*turns, fillvalue=rows[0][:-1]))
    return [_of_vectors(encoding, suite_seed + index, *row) for index, row in enumerate(in_turn)]


def _between(encoding: Encoding, suite_seed: int) -> list[Case]:
    longest = BETWEEN_SUMS if encoding.blocks.extent != 1 else inf
    return [
        _meeting(8, queries, keys, heads, 1, suite_seed + index, first)
        for index, (queries, keys, heads, first) in enumerate(BETWEEN)
        if queries + keys <= longest
    ]


def _contents(encoding: Encoding, suite_seed: int) -> list[Case]:
    return [
        _meeting(encoding.dimension(dim), queries, keys, heads, batch, suite_seed + index)
        for index, (queries, keys, dim, heads, batch) in enumerate(CONTENTS)
    ]


def _meeting(dim: int, queries: int, keys: int, heads: int, batch: int, seed: int, first: int = 0) -> Case:
    places = tuple(range(first, first + queries))
    return Case(dim=dim, positions=places, others=tuple(range(keys)), heads=heads, batch=batch, seed=seed)


def _sequences(encoding: Encoding, suite_seed: int) -> list[Case]:
    return [Case(segments=segments) for segments in SEQUENCES]


every_pair = Family("every two sizes of vectors", _every_pair, dealt=True)
vectors = Family("sizes of vectors", _vectors, dealt=True, wide=every_pair)
tables = Family("sizes of tables", _tables, dealt=True)
between = Family("sizes of biases", _between, dealt=True)
contents = Family("sizes of scores", _contents, dealt=True)
sequences = Family("sizes of sequences", _sequences, dealt=True)
