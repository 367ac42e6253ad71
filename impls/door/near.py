"""Code in this process: a request goes in, an answer comes out. Nothing else holds the callable."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from torch import Tensor

from impls.door.bridges import Bridge, bridge_of
from impls.door.crossing import Answer, Cost, Floor, Instance, Request
from impls.door.devices import finish
from impls.door.measuring import FLOORS, Prepared, cost_of, with_gradient
from impls.door.misbehaviour import Malformed, raising
from impls.door.settings import Settings, changed, settings
from impls.door.signatures import accepts
from impls.door.tensors import UNDER, array_of, expect_dense, handed, overwrite, picked, read_again, same_bits, word_of
from impls.door.timing import quiet
from impls.marker import Declaration


@dataclass(frozen=True, eq=False)
class Near:
    """A callable, or a factory of such; what the factory built is kept for the next request."""

    function: Callable[..., Any]
    factory: bool = False
    bridge: Bridge = lambda function: function
    built: dict[Instance, Callable[..., Any]] = field(default_factory=dict)

    def instance(self, wanted: Instance) -> Callable[..., Any]:
        """The callable itself, with its parameters. Raises Raised or Malformed where the factory builds none."""
        if wanted not in self.built:
            made: Callable[..., Any] = partial(self.function, **dict(wanted.parameters))
            if self.factory:
                with raising():
                    made = made(wanted.dim)
                if not callable(made):
                    returned = "nothing" if made is None else type(made).__name__
                    raise Malformed(f"returned {returned}; expected a callable")
            self.built[wanted] = self.bridge(made)
        return self.built[wanted]

    def build(self, wanted: Instance) -> None:
        """Have the callable built. Raises as `instance` does."""
        self.instance(wanted)

    def takes(self, wanted: Instance, keyword: str) -> bool:
        """Whether the callable takes this keyword argument. Raises Raised where its signature cannot be read."""
        if not self.factory:
            with raising():
                return accepts(self.function, keyword)
        made = self.instance(wanted)
        with raising():
            return accepts(made, keyword)

    def prepared(self, request: Request, floor: Floor = "copy") -> Prepared:
        """The bare call, or, under "gradient", the call and its way back, for those who measure it."""
        handed_in = _HandedIn(request)
        bare = partial(picked(self.instance(request.instance), request), **handed_in.named)
        call: Callable[[], Tensor] = partial(bare, *handed_in.given)
        given, result, share = handed_in.given[0], call(), self._share(request)
        expect_dense(result)
        floor_of, made = FLOORS[floor](result, handed_in.given), result.nbytes / share
        if request.under == "gradient":
            (at,) = map(int, request.of)
            call, given = with_gradient(bare, handed_in.given, at, writes=bool(request.written))
            share, made = 1 / (1 / share + 1), made + handed_in.given[at].nbytes
        return Prepared(call, given, result, floor_of, share, made)

    def measured(self, request: Request, part: Request | None, floor: Floor, seconds: float) -> Cost:
        """What one call costs beside its floor; `part`: the same call of less, in the same rounds."""
        with quiet(), raising():
            less = self.prepared(part, floor) if part else None
            return cost_of(partial(self.prepared, request, floor), less, request.device, seconds)

    def _share(self, request: Request) -> float:
        """What part of all the numbers that a call returns, or writes, the result that counts has."""
        if request.part is None:
            return 1.0
        handed_in = _HandedIn(request)
        returned = self.instance(request.instance)(*handed_in.given, **handed_in.named)
        several = returned if returned is not None else [handed_in.given[at] for at in request.written]
        sizes = [each.numel() if isinstance(each, Tensor) else 0 for each in several]
        return sizes[0 if returned is None else request.part] / sum(sizes)

    def changes(self, request: Request, usual: Settings | None = None) -> list[str]:
        """Which settings of the process a call changes, in words; or all that are not as `usual` after it."""
        before = settings() if usual is None else usual
        self.ask(request)
        return changed(before, getattr(self.function, "__module__", ""))

    def ask(self, request: Request) -> Answer:
        """Call the code. Raises Raised where it raises, Malformed where it returns no dense tensor."""
        call = picked(self.instance(request.instance), request)
        handed_in = _HandedIn(request.first or request)
        if request.first is not None:
            with raising():
                call(*handed_in.given, **handed_in.named)
            handed_in.overwrite(request)
        with raising():
            result, gradients = UNDER[request.under](call, handed_in.given, handed_in.named, request)
            finish(request.device)
        watched = handed_in.wholes if request.watched else []
        del handed_in
        if request.then is not None:
            self.ask(request.then)
        expect_dense(result, request.device if request.shapes else None)
        return Answer(
            values=array_of(result),
            dtype=word_of(result.dtype),
            gradients=tuple(None if each is None else array_of(each) for each in gradients),
            afterwards=tuple(map(read_again, watched)),
            differing=tuple(self._differing(request, result)) if request.times > 1 else (),
        )

    def _differing(self, request: Request, result: Any) -> Iterator[int]:
        """The indices of the further calls that come back with other bits than the first one did."""
        call, first = picked(self.instance(request.instance), request), result.detach().clone()
        for index in range(1, request.times):
            handed_in = _HandedIn(request)
            with raising():
                again, _ = UNDER[request.under](call, handed_in.given, handed_in.named, request)
            if not same_bits(again, first):
                yield index


def near_of(function: Callable[..., Any], one: Declaration) -> Near:
    """The door to a callable, as it is declared."""
    return Near(function, one.factory, bridge_of(one))


class _HandedIn:
    """What the code gets of a request, and what is read of it afterwards."""

    def __init__(self, request: Request) -> None:
        placed = [handed(each, request.laid, request.device) for each in request.given]
        called = {name: handed(each, request.laid, request.device) for name, each in request.named.items()}
        self.given = [each for each, _ in placed]
        self.named = {name: each for name, (each, _) in called.items()}
        self.wholes = [whole for _, whole in (*placed, *called.values())]

    def overwrite(self, request: Request) -> None:
        """Write the numbers of another request of the same shapes into it; what is no tensor is handed in anew."""
        for whole, argument in zip(self.wholes, (*request.given, *request.named.values()), strict=True):
            overwrite(whole, argument)
        plain = (int, float, str)
        self.given = [
            new if isinstance(new, plain) else old for old, new in zip(self.given, request.given, strict=True)
        ]
