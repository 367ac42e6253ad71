"""Implementations are one body where the same functions of a library run, however these are called."""

import runpy

import pytest

from properties.measures.bodies import body
from properties.tests.miniatures import miniature

TURN = """
def angles(positions, dim, base):
    import torch
    return positions[:, None] / base ** (torch.arange(0, dim, 2) / dim)

def {name}(x, positions, base={base}):
    "{text}"
    a, b = x.chunk(2, -1)
    c, s = angles(positions, x.shape[-1], base).cos(), angles(positions, x.shape[-1], base).sin()
    return {result}
"""
RIGHT = "__import__('torch').cat([a * c - b * s, b * c + a * s], -1)"


@pytest.fixture
def library(tmp_path):
    """What imports a function of a library that is installed with this text."""

    def imported(name, *, base=10000.0, text="", result=RIGHT):
        file = tmp_path / "site-packages" / name / "rope.py"
        file.parent.mkdir(parents=True)
        file.write_text(TURN.format(name=name, base=base, text=text, result=result))
        return runpy.run_path(str(file))[name]

    return imported


def adapted(function, **given):
    return miniature(lambda x, positions, *, base=10000.0: function(x, positions, **({"base": base} | given)))


def test_other_names_texts_and_settings_are_the_same_body(library):
    one, other = library("one", text="Of a library."), library("other", text="Of another.")
    assert body(adapted(one)) == body(adapted(other)) == body(adapted(one, base=500000.0))


def test_other_instructions_are_another_body(library):
    one, other = library("one"), library("other", result=RIGHT.replace("b * c + a * s", "a * s + b * c"))
    assert body(adapted(one)) != body(adapted(other))


def test_what_no_library_does_has_no_body():
    assert body(miniature()) is None
