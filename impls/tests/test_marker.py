"""The mark costs nothing, names what it marks, and reads what a call takes, whatever kind of callable it is."""

import subprocess
import sys
from dataclasses import dataclass, replace
from functools import partial
from typing import get_args

import pytest
import torch

from impls import Implementation, implements
from impls.declaration import problem
from impls.door.signatures import accepts, signature_of
from impls.marker import Declaration, Layout, Positions, name_of
from impls.registry import registered, registered_as
from spec.definitions import words

SOUND = Declaration("rope", name="mine", form="matrix", layout="half")


def test_a_mark_loads_nothing_but_the_standard_library():
    code = (
        "import sys\nfrom impls import implements\n"
        "@implements('roope', form='no form', layout='none', name='My Name')\ndef f(): ...\n"
        "heavy = {'sympy', 'flint', 'torch', 'numpy', 'spec', 'impls.declaration', 'impls.loading'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "from impls import Implementation\nassert Implementation.__module__ == 'impls.registry'"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_the_suite_does_not_export_is_an_attribute_error():
    with pytest.raises(ImportError, match="cannot import name 'implement' from 'impls'"):
        from impls import implement  # noqa: F401
    assert Implementation.__name__ == "Implementation"


class FusedRope(torch.nn.Module):
    """A module whose `__call__` says that it takes anything."""

    def forward(self, x, positions, *, base=10000.0):
        return x

    def rotate_half(self, x, positions):
        return x


class Compiled(torch.nn.Module):
    """As `torch.compile` wraps a module, of which it keeps the original."""

    def __init__(self, module):
        super().__init__()
        self._orig_mod = module

    def forward(self, *args, **kwargs):
        return self._orig_mod(*args, **kwargs)


class RotateApply(torch.autograd.Function):
    """Called with arguments in their order alone, for `forward` has a context."""

    @staticmethod
    def forward(ctx, x, positions, base=10000.0):
        return x.clone()


class RotateSetUp(torch.autograd.Function):
    """Called also by name, for `forward` has no context."""

    @staticmethod
    def forward(x, positions, base=10000.0):
        return x.clone()

    @staticmethod
    def setup_context(ctx, inputs, output):
        return None


@dataclass
class Table:
    """Equal where its tensors are, which are not comparable, and not hashable."""

    values: torch.Tensor

    def __call__(self, x, positions):
        return x


@dataclass(frozen=True)
class Sections:
    """Says that it is hashable, and is not."""

    widths: list[int]

    def __call__(self, x, positions, base=10000.0):
        return x


def fused_rope(scale, x, positions, *, base=10000.0):
    return x


MODULE = FusedRope()
CALLABLES = [
    (MODULE, "fused-rope", "(x, positions, *, base=10000.0)"),
    (FusedRope, "fused-rope", None),
    (Compiled(MODULE), "fused-rope", "(x, positions, *, base=10000.0)"),
    (MODULE.rotate_half, "rotate-half", "(x, positions)"),
    (partial(fused_rope, 1.0), "fused-rope", "(x, positions, *, base=10000.0)"),
    (partial(partial(MODULE), base=2.0), "fused-rope", "(x, positions, *, base=2.0)"),
    (RotateApply.apply, "rotate-apply", "(x, positions, base=10000.0, /)"),
    (RotateSetUp.apply, "rotate-set-up", "(x, positions, base=10000.0)"),
    (partial(RotateSetUp.apply, base=2.0), "rotate-set-up", "(x, positions, *, base=2.0)"),
    (Table(torch.ones(2)), "table", "(x, positions)"),
    (Sections([4, 4]), "sections", "(x, positions, base=10000.0)"),
    (type("GPTRope2D", (), {}), "gpt-rope2d", None),
]


@pytest.mark.parametrize(("function", "name", "signature"), CALLABLES, ids=map(str, range(len(CALLABLES))))
def test_a_callable_has_a_name_and_a_signature(function, name, signature):
    assert name_of(function) == name
    if signature is not None:
        assert str(signature_of(function)) == signature
        assert accepts(function, "base") is ("base" in signature and "/" not in signature)
        assert not accepts(function, "role")
        assert problem(function, SOUND) is None


def test_what_can_only_be_given_in_order_cannot_be_given_by_name():
    class Needy(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, positions, base):
            return x

    said = "wrong signature (x, positions, base, /): 'base' has no default and cannot be given by name; rope is called"
    assert str(problem(Needy.apply, SOUND)).startswith(said)
    assert "wrong signature" in str(problem(partial(fused_rope), SOUND))
    assert "wrong signature" in str(problem(partial(fused_rope, 1.0, 2.0), SOUND))


@pytest.mark.parametrize("function", [function for function, *_ in CALLABLES[:-1]], ids=range(len(CALLABLES) - 1))
def test_it_is_returned_unchanged_and_found_again(function):
    assert implements("rope", form="matrix", name="found-again")(function) is function
    assert registered(__name__)[-1].function is function
    again = getattr(getattr(function, "__self__", None), getattr(function, "__name__", ""), function)
    assert registered_as(again)[-1].name == "found-again"


def test_a_name_that_is_declared_wins():
    implements("rope", form="matrix", name="mine")(MODULE)
    implements("rope", form="matrix")(MODULE)
    assert [one.name for one in registered(__name__)[-2:]] == ["mine", "fused-rope"]


def test_the_record_is_the_check():
    with pytest.raises(TypeError, match=r"implements: factory is 'no'; expected True or False"):
        replace(SOUND, factory="no")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^implements\(\) missing 1 required positional argument: 'encoding'"):
        implements()  # type: ignore[call-arg]


def test_the_words_of_a_declaration_are_words_of_the_spec():
    """The mark may not load the spec, so that its words stand there again."""
    assert set(get_args(Layout)) <= set(words.words(words.Layout))
    assert get_args(Positions) == words.words(words.Positions)
