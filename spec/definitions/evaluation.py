"""The value of an expression in DIM and the parameters, as a plain number."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from math import inf
from typing import Any

import sympy

from spec.definitions.symbols import DIM, parameter, sequence

Value = float | tuple[float, ...]
Parameters = Mapping[str, Value]


def value(expression: sympy.Expr, dim: int, parameters: Parameters) -> float:
    """An expression at this dimension, with every parameter that it names given a value."""
    return _value(expression, dim, tuple(parameters.items()))


@lru_cache(maxsize=4096)
def _value(expression: sympy.Expr, dim: int, parameters: tuple[tuple[str, Any], ...]) -> float:
    letters = {letter: sympy.sympify(each) for letter, each in ({DIM: dim} | numbers(parameters)).items()}
    settled = expression.xreplace(letters)
    return float(settled if settled.is_number else settled.subs(elements(parameters)))


def each_value(
    expression: sympy.Expr, letter: sympy.Symbol, among: Iterable[int], dim: int, parameters: Parameters
) -> list[float]:
    """An expression for every one of these values of a letter, roughly: in floats, infinite at 1 / 0."""
    several = {name: each for name, each in parameters.items() if isinstance(each, tuple)}
    known = {DIM: dim, **numbers(parameters)}
    evaluate = _evaluator(expression, (letter, *known), tuple(several))

    def at(each: int) -> float:
        try:
            return float(evaluate(each, *known.values(), *several.values()))
        except ZeroDivisionError:
            return inf

    return list(map(at, among))


@lru_cache(maxsize=256)
def _evaluator(
    expression: sympy.Expr, letters: tuple[sympy.Symbol, ...], several: tuple[str, ...]
) -> Callable[..., Any]:
    """An expression as a function of its letters, and of the parameters that have several values."""
    picked = {sequence(name): sympy.Symbol(name) for name in several}
    looked_up = expression.replace(
        lambda part: part.func in picked, lambda part: sympy.Function("pick")(picked[part.func], *part.args)
    )
    modules = [{"pick": lambda values, index: values[int(index)]}, "math"]
    evaluate: Callable[..., Any] = sympy.lambdify([*letters, *picked.values()], looked_up, modules=modules)
    return evaluate


def numbers(parameters: Parameters | tuple[tuple[str, Any], ...]) -> dict[sympy.Symbol, Any]:
    """The letters of those parameters that are a number each."""
    return {parameter(name): each for name, each in dict(parameters).items() if not isinstance(each, tuple)}


def elements(parameters: Parameters | tuple[tuple[str, Any], ...]) -> dict[sympy.Expr, Any]:
    """The values of those parameters that have several, each by its index."""
    several = {name: each for name, each in dict(parameters).items() if isinstance(each, tuple)}
    return {sequence(name)(i): entry for name, each in several.items() for i, entry in enumerate(each)}
