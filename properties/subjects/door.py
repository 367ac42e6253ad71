"""The one door between numbers and code: a request goes in, an answer comes out. Nothing else holds the callable."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from impls import Implementation
from impls.declaration import accepts
from properties.subjects.crossing import Answer, Instance, Request
from properties.subjects.misbehaviour import Malformed, raising
from properties.subjects.tensors import UNDER, array_of, expect_dense, handed, read_again, word_of


@dataclass(frozen=True, eq=False)
class Door:
    """An implementation behind its door; what its factory built is kept for the next request."""

    implementation: Implementation
    built: dict[Instance, Callable[..., Any]] = field(default_factory=dict)

    def fresh(self) -> "Door":
        """The same implementation, of which nothing has been built yet."""
        return Door(self.implementation)

    def instance(self, wanted: Instance) -> Callable[..., Any]:
        """The callable itself, with its parameters. Raises Raised or Malformed where the factory builds none."""
        if wanted not in self.built:
            made: Callable[..., Any] = partial(self.implementation.function, **dict(wanted.parameters))
            if self.implementation.factory:
                with raising():
                    made = made(wanted.dim)
                if not callable(made):
                    returned = "nothing" if made is None else type(made).__name__
                    raise Malformed(f"returned {returned}; expected a callable")
            self.built[wanted] = made
        return self.built[wanted]

    def takes(self, wanted: Instance, keyword: str) -> bool:
        """Whether the callable takes this keyword argument. Raises Raised where its signature cannot be read."""
        made = self.instance(wanted)
        with raising():
            return accepts(made, keyword)

    def prepared(self, request: Request) -> tuple[Callable[[], Any], Any]:
        """The bare call and its first argument, for those who measure it."""
        given = [handed(each)[0] for each in request.given]
        named = {name: handed(each)[0] for name, each in request.named.items()}
        return partial(self.instance(request.instance), *given, **named), given[0]

    def ask(self, request: Request) -> Answer:
        """Call the code. Raises Raised where it raises, Malformed where it returns no dense tensor."""
        call = self.instance(request.instance)
        given = [handed(each) for each in request.given]
        named = {name: handed(each) for name, each in request.named.items()}
        by_place, by_name = [each for each, _ in given], {name: each for name, (each, _) in named.items()}
        with raising():
            result, gradients = UNDER[request.under](call, by_place, by_name, request)
        if request.then is not None:
            self.ask(request.then)
        expect_dense(result)
        return Answer(
            values=array_of(result),
            dtype=word_of(result.dtype),
            gradients=tuple(None if each is None else array_of(each) for each in gradients),
            afterwards=tuple(read_again(whole) for _, whole in (*given, *named.values())) if request.watched else (),
        )
