"""The mark that code carries: which encoding it claims to be, and what it declares.

It costs the code nothing: nothing is loaded and nothing is judged before a plug-in is checked.
"""

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, fields
from difflib import get_close_matches
from functools import lru_cache, partial
from itertools import takewhile
from types import FrameType, MethodType, UnionType
from typing import Any, Literal, Self, TypeVar, Union, get_args, get_origin

Layout = Literal["interleaved", "half", "interleaved-to-half"]
Positions = Literal["any", "integers", "non-negative", "contiguous"]
Compare = Literal["value", "score", "softmax"]
Dtype = Literal["float64", "float32", "bfloat16", "float16"]
PositionDtype = Literal["int64", "int32", "float64", "float32"]
Arithmetic = Literal["products", "two-word"]
Tables = Literal["n d/2", "n d", "b n d/2", "b n d", "cos|sin"]
Arrays = Literal["torch", "numpy", "jax"]
Function = TypeVar("Function", bound=Callable[..., Any])

COMPILED = "_orig_mod"
"""Where `torch.compile` keeps the module that it has compiled."""
TYPES = {
    str: "text",
    bool: "True or False",
    int: "an integer",
    tuple: "a tuple",
    Mapping: "numbers by name",
    Callable: "a function",
}
"""What is said to be expected of a field of each type."""
WORDS = ("rotary_slice", "axes_halves")
"""The parameters that are words."""
LISTED = {"head_sizes": "integers", "heads": "pairs of integers, of q and of k"}
"""Of what a field is a tuple, where it is not of names."""


@dataclass(frozen=True)
class Declaration:
    """What is declared of a callable: signature, defaults and types of `implements`.

    Raises TypeError where a value is of another type than stated here; whether it makes sense is judged later.
    """

    encoding: str
    """What it claims to be, by its name in the spec."""
    _: KW_ONLY
    form: str = "own"
    """How it computes."""
    layout: Layout | None = None
    """Which coordinates form a pair; "interleaved" where none is declared, or "half" in the form rotate-half.

    "interleaved-to-half": pairs are neighbours in what comes in, and halves in what goes out.
    """
    name: str | None = None
    """Its name, unique in a run; that of the callable where none is declared."""
    source: str | None = None
    """Where it is published, a URL."""
    dtypes: tuple[Dtype, ...] | list[Dtype] | None = None
    """Those that it supports; float64 is held to the accuracy of float32 unless it is named here."""
    positions: Positions = "any"
    """Which positions it accepts, each with the limits before it."""
    max_position: int | None = None
    """The largest position that it accepts."""
    position_dtypes: tuple[PositionDtype, ...] | list[PositionDtype] | None = None
    """The only dtypes of positions that it takes."""
    head_sizes: tuple[int, ...] | list[int] | None = None
    """The only dimensions that it takes."""
    heads: tuple[tuple[int, int], ...] | list[tuple[int, int]] | None = None
    """The only numbers of heads that it takes, of q and of k."""
    differentiable: bool = True
    """Whether gradients flow through it; none is asked of code for inference only."""
    strict: bool = False
    """Whether it refuses what lies outside the domain of the definition; otherwise nobody asks."""
    batched: bool = False
    """Whether it also takes positions of each row of a batch."""
    parameters: Mapping[str, Any] | None = None
    """Fixed values of code that cannot be configured."""
    preset: str | None = None
    """The published model as which it is configured, by its name in `spec/presets.toml`.

    It sets parameters, head size and heads, unless these are declared.
    """
    convention: str | None = None
    """A departure that the spec knows by name."""
    compare: Compare = "value"
    """"score" or "softmax" for code that is right only up to what attention cannot see."""
    origin: int | None = None
    """With `compare="score"`: where its positions count from, and so do the bounds."""
    arithmetic: Arithmetic | None = None
    """"products": frequencies multiplied up from pair to pair; "two-word": angles reduced by 2 pi in two words."""
    factory: bool = False
    """Whether it is `f(dim, **parameters)` and returns the callable."""
    call: str = "x-positions"
    """How it is called, by its name in `impls.calls`."""
    axes: str | None = None
    """The axes of the vectors that it takes, such as "b n h d" or "n (h d)"; those of its call, if it names none."""
    tables: Tables | None = None
    """How cosines and sines lie that it is handed; as its call has them, where nothing is declared."""
    table_dtype: Literal["float32"] | None = None
    """The dtype of these, where it is not that of the vectors."""
    inplace: bool = False
    """Whether it writes its results into what it is handed."""
    apply: Callable[..., Any] | None = None
    """With `call="module-tables"`: what turns q and k by the tables of the module, `f(q, k, cos, sin)`."""
    arrays: Arrays = "torch"
    """What it takes and returns in the place of tensors."""
    devices: tuple[str, ...] | list[str] | None = None
    """Where it runs, such as "cuda"; anywhere, where none is declared."""
    package: str | None = None
    """The distribution that it needs."""

    def __post_init__(self) -> None:
        """Raise TypeError for the first value that is of another type."""
        for field in fields(self):
            _expect(field.name, getattr(self, field.name), field.type)
        for name, value in (self.parameters or {}).items():
            if not isinstance(value, int | float | tuple | list) and not (isinstance(value, str) and name in WORDS):
                raise TypeError(f"implements: {name} is {value!r}; expected a number, or a list of them")


@lru_cache(maxsize=256)
def _types(annotation: Any) -> tuple[Any, ...]:
    """The classes of which a value may be."""
    if get_origin(annotation) in (Union, UnionType):
        return tuple(kind for part in get_args(annotation) for kind in _types(part))
    return (str,) if get_origin(annotation) is Literal else (get_origin(annotation) or annotation,)


def _expect(name: str, value: object, annotation: Any) -> None:
    types = _types(annotation)
    expected = next((said for kind, said in TYPES.items() if kind in types), None)
    if expected == TYPES[tuple]:
        expected = f"a tuple of {LISTED.get(name, 'names')}"
    if expected and not isinstance(value, types):
        raise TypeError(f"implements: {name} is {value!r}; expected {expected}")


@dataclass(frozen=True, eq=False)
class Registration:
    """A callable, what is declared of it, and the modules whose bodies were running, to which it belongs.

    The innermost body comes first. `file` is that of the innermost where it is the script that is run.
    """

    declared: Declaration
    function: Callable[..., Any]
    modules: tuple[str, ...]
    file: str | None


REGISTERED: list[Registration] = []
"""Everything registered so far, in order."""


@dataclass(frozen=True)
class implements(Declaration):
    """Declare that a callable is an encoding, computed in a form, with its pairs in a layout: what is said, is checked.

    The callable is returned unchanged: a function, a module, a bound method, a partial, or the `apply` of an
    `autograd.Function`. A wrong declaration is reported when the implementation is checked, so that it never stops the
    others. Raises TypeError where an argument is of another type than stated here.
    """

    def __new__(cls, *_: object, **said: object) -> Self:
        """Refuse a keyword that says nothing, with the one that is meant."""
        known = [field.name for field in fields(cls)]
        for name in said:
            if name not in known:
                close = get_close_matches(name, known, n=1)
                hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"
                raise TypeError(f"implements: there is no keyword {name}; {hint}")
        return super().__new__(cls)

    def __call__(self, function: Function) -> Function:
        """Register the callable for the module whose body is running; where none is, for the one that calls."""
        REGISTERED.append(Registration(self, function, *_place(function, sys._getframe(1))))
        return function


implements.__init__.__qualname__ = implements.__name__
"""So that an unknown keyword is told of what was called."""


def _place(function: object, frame: FrameType | None) -> tuple[tuple[str, ...], str | None]:
    """The modules to which a registration belongs, and the file of the script that is run, if it is that.

    The body of the main program runs all the time, also that of a test runner: it counts only where it calls, or
    where the function is its own.
    """
    around: list[tuple[str, str, str | None]] = []
    while frame:
        known = frame.f_globals
        around.append((known.get("__name__", "__main__"), frame.f_code.co_name, known.get("__file__")))
        frame = frame.f_back
    bodies = [name for name, code, _ in around if code == "<module>" and name in sys.modules]
    modules = tuple(dict.fromkeys(takewhile(lambda name: name != "__main__", bodies)))
    if not modules:
        modules = ("__main__" if getattr(function, "__module__", None) == "__main__" else around[0][0],)
    script = next((file for name, _, file in around if name == "__main__"), None)
    return modules, script if modules == ("__main__",) else None


def name_of(function: object) -> str:
    """The name of a callable, in lower-case words joined by hyphens as far as it has such.

    A partial is called after its function, `X.apply` after X, what has no name after its class, and what was compiled
    as it was before.
    """
    while isinstance(function, partial):
        function = function.func
    function = getattr(function, COMPILED, function)
    if isinstance(function, MethodType) and isinstance(function.__self__, type) and function.__name__ == "apply":
        function = function.__self__
    name = getattr(function, "__name__", type(function).__name__)
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])", "-", name).replace("_", "-").lower()
