"""What may be declared, and the sentence that says what is wrong with a declaration."""

import functools
from dataclasses import replace

import pytest
import torch

from impls import implements
from impls.declaration import default_layout, problem
from impls.door.signatures import accepts, without_default
from impls.marker import Declaration
from impls.registry import registered
from spec import ENCODINGS

SOUND = Declaration("rope", name="mine", form="matrix", layout="half")


def of_rope(x, positions, *, base=10000.0):
    """A map of queries and keys."""


def of_table(positions, dim, *, dtype=torch.float32, base=10000.0):
    """A table."""


def of_factory(dim, *, base=10000.0):
    """A factory."""


WRONG = [
    ({"encoding": "RoPE"}, "unknown encoding 'RoPE'"),
    ({"encoding": "sinusodial"}, "unknown encoding 'sinusodial' (did you mean 'sinusoidal'?); known: "),
    ({"layout": "split"}, "unknown layout 'split'; known: half, interleaved, interleaved-to-half"),
    ({"dtypes": ("float32", "fp8")}, "unknown dtype 'fp8'"),
    ({"dtypes": ()}, "dtypes is empty; leave it out, or name at least one of float64, float32, "),
    ({"positions": "integer"}, "unknown positions 'integer' (did you mean 'integers'?); known: "),
    ({"compare": "logits"}, "unknown compare 'logits'; known: score, softmax, value"),
    ({"convention": "geometric"}, "unknown convention 'geometric'; known: none"),
    ({"parameters": {"theta": 10000.0}}, "unknown parameter 'theta'; known: axes_dim, axes_halves, base,"),
    ({"parameters": {"base": 0}}, "the parameter base is fixed to 0; expected a positive number"),
    (
        {"parameters": {"base": float("inf")}},
        "the parameter base is fixed to inf; expected a positive number",
    ),
    ({"max_position": 2**62 + 1}, "max_position is 4611686018427387905; expected a positive integer up to 2^62"),
    ({"max_position": -1}, "max_position is -1; expected a positive integer up to 2^62, the largest position accepted"),
    ({"head_sizes": ()}, "head_sizes is empty; leave it out, or name at least one"),
    ({"head_sizes": (63,)}, "head_sizes has 63, at which rope has no value: it is no multiple of 2; leave it out"),
    ({"head_sizes": (64.0,)}, "head_sizes has 64.0; expected positive integers, the dimensions that it takes"),
    ({"heads": ((32, 5),)}, "heads has (32, 5); expected pairs of positive integers, heads of q and of k, such as "),
    ({"heads": (32, 8)}, "heads has 32; expected pairs of positive integers, heads of q and of k, such as (32, 8)"),
    ({"position_dtypes": ("int16",)}, "unknown dtype of positions 'int16' (did you mean 'int64'?); known: float32, "),
    ({"arithmetic": "sums"}, "unknown arithmetic 'sums'; known: products, two-word"),
    (
        {"encoding": "nope", "layout": None, "arithmetic": "products"},
        "arithmetic is 'products', which is said of maps ",
    ),
    ({"origin": 1000}, "origin is declared for maps that are right up to a shift, with compare='score'; it is 'value'"),
    ({"origin": True, "compare": "score"}, "origin is True; expected an integer, the position from which the code "),
    (
        {"name": "My Rope"},
        "the name 'My Rope' is not lower-case words joined by hyphens; pass name='my-name'",
    ),
    ({"form": "Matrix"}, "the form 'Matrix' is not lower-case words joined by hyphens; pass form='my-form'"),
]


@pytest.mark.parametrize(("change", "said"), WRONG, ids=map(str, range(len(WRONG))))
def test_a_wrong_declaration_is_told_in_one_sentence(change, said):
    assert problem(of_rope, SOUND) is None
    assert str(problem(of_rope, replace(SOUND, **change))).startswith(said)


SIGNATURES = [
    ("rope", lambda x, positions: x, None),
    ("rope", lambda x, positions, role, base, **more: x, None),
    ("rope", lambda *all: all[0], None),
    ("rope", lambda tensor, where: tensor, None),
    ("rope", functools.partial(lambda scale, x, positions: x, 1), None),
    ("rope", functools.partial(of_rope, base=1.0), None),
    ("rope", lambda x: x, "wrong signature (x); rope is called as f(x, positions, *, base, ...)"),
    (
        "rope",
        lambda x, *, positions: x,
        "wrong signature (x, *, positions); rope is called as f(x, positions, ",
    ),
    (
        "rope",
        lambda q, k, positions: q,
        "'positions' has no default and is no parameter of rope; rope is called as",
    ),
    ("rope", lambda x, positions, other, /: x, "'other' has no default and is no parameter of rope; "),
    ("rope", 3, "it is no function but int; decorate a function f(x, positions, *, base, ...)"),
    (
        "rope",
        torch.sin,
        "its signature cannot be read; wrap it in a plain function f(x, positions, *, base, ...)",
    ),
    ("partial-rope", lambda x, positions, *, rotary_dim: x, None),
    ("sinusoidal", lambda positions, dim, *, dtype: positions, None),
    ("sinusoidal", lambda positions: positions, "sinusoidal is called as f(positions, dim, *, base, ...)"),
    (
        "sinusoidal",
        lambda positions, dim, role: positions,
        "'role' has no default and is no parameter of sinusoidal; ",
    ),
]


@pytest.mark.parametrize(("encoding", "function", "said"), SIGNATURES, ids=map(str, range(len(SIGNATURES))))
def test_a_signature_fits_the_call_of_its_encoding(encoding, function, said):
    layout = (*ENCODINGS[encoding].layouts, None)[0]
    found = problem(function, replace(SOUND, encoding=encoding, layout=layout))
    assert found is None if said is None else said in str(found)


def test_a_factory_is_called_with_the_dimension():
    assert problem(of_factory, replace(SOUND, factory=True)) is None
    said = problem(of_rope, replace(SOUND, factory=True))
    assert str(said).startswith("wrong signature (x, positions, *, base=10000.0): 'positions' has no default")
    assert str(said).endswith("; a factory of rope is called as f(dim, *, base, ...)")
    role = problem(lambda dim, role: None, replace(SOUND, factory=True))
    assert str(role).startswith("wrong signature (dim, role): 'role' has no default")


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ({"dtypes": "float32"}, "dtypes is 'float32'; expected a tuple of names"),
        ({"max_position": 4096.0}, "max_position is 4096.0; expected an integer"),
        ({"head_sizes": 64}, "head_sizes is 64; expected a tuple of integers"),
        ({"heads": 8}, "heads is 8; expected a tuple of pairs of integers, of q and of k"),
        ({"position_dtypes": "int64"}, "position_dtypes is 'int64'; expected a tuple of names"),
        ({"strict": 1}, "strict is 1; expected True or False"),
        ({"origin": "zero"}, "origin is 'zero'; expected an integer"),
        ({"layout": 2}, "layout is 2; expected text"),
        ({"positions": None}, "positions is None; expected text"),
        ({"parameters": [("base", 1.0)]}, "expected numbers by name"),
        ({"parameters": {"base": "1e4"}}, "base is '1e4'; expected a number, or a list of them"),
    ],
)
def test_an_argument_of_another_type_is_an_error_at_once(argument, expected):
    with pytest.raises(TypeError, match="implements: ") as error:
        implements("rope", form="matrix", **argument)
    assert expected in str(error.value)


def test_the_layout_that_is_not_declared_is_that_of_the_papers():
    assert default_layout("rope", "matrix") == "interleaved"
    assert default_layout("rope", "rotate-half") == "half"
    assert default_layout("nope", "matrix") is None
    assert default_layout("no-such-encoding", "matrix") is None


class Forward(torch.nn.Module):
    def forward(self, x, positions, *, base=1.0):
        return x


@pytest.mark.parametrize(
    ("function", "keyword", "taken"),
    [
        (of_rope, "base", True),
        (of_rope, "role", False),
        (lambda x, **more: x, "role", True),
        (lambda x, base, /: x, "base", False),
        (functools.partial(of_rope, base=3.0), "base", True),
        (Forward(), "base", True),
        (Forward(), "role", False),
        (of_table, "dtype", True),
    ],
    ids=map(str, range(8)),
)
def test_only_what_a_function_takes_is_passed(function, keyword, taken):
    assert accepts(function, keyword) is taken


def test_what_a_call_must_give():
    assert without_default(lambda x, positions, base, rotary_dim=4: x) == {"x", "positions", "base"}


def test_registering_returns_the_function_and_keeps_the_declaration():
    before = len(registered(__name__))
    doubly = implements("rope", form="matrix", name="second", dtypes=["float32", "float32"])(
        implements("rope", form="rotate-half", source="https://example.org", batched=True)(of_rope)
    )
    assert doubly is of_rope
    first, second = registered(__name__)[before:]
    assert (first.name, first.layout, first.source, first.batched) == (
        "of-rope",
        "half",
        "https://example.org",
        True,
    )
    assert (second.name, second.layout, second.dtypes) == ("second", "interleaved", ("float32",))
    assert first.checked_dtypes == ("float64", "float32", "bfloat16", "float16")
    assert first.target == first.module == __name__
    assert first.problem is None
    assert first.available
    assert first.version is None
