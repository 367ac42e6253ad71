"""The door to an implementation, in this process or in one of its own. Nothing else asks the callable."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from impls import Implementation
from impls.door.crossing import Answer, Cost, Floor, Instance, Request
from impls.door.far import Far, FarDoor
from impls.door.marshalling import marshalled

if TYPE_CHECKING:
    from impls.door.measuring import Prepared
    from impls.door.near import Near


def forgiven(implementation: Implementation) -> AbstractContextManager[None]:
    """In the block, it does not count against an implementation where its process is lost: nobody judges there."""
    function: object = implementation.function
    return function.process.forgiven() if isinstance(function, Far) else nullcontext()


@dataclass(frozen=True, eq=False)
class Door:
    """An implementation behind its door; what its factory built is kept for the next request."""

    implementation: Implementation

    @cached_property
    def behind(self) -> "Near | FarDoor":
        """Who is asked. Only what is in this process needs torch here."""
        function = self.implementation.function
        if isinstance(function, Far):
            return function.near()
        from impls.door.near import near_of

        return near_of(function, self.implementation)

    def fresh(self) -> "Door":
        """The same implementation, of which nothing has been built yet."""
        return Door(self.implementation)

    def build(self, wanted: Instance) -> None:
        """Have the callable built. Raises Raised or Malformed where the factory builds none."""
        self.behind.build(wanted)

    def takes(self, wanted: Instance, keyword: str) -> bool:
        """Whether the callable takes this keyword argument. Raises Raised where its signature cannot be read."""
        return self.behind.takes(wanted, keyword)

    def prepared(self, request: Request, floor: Floor = "copy") -> "Prepared":
        """The bare call, for those who measure it, in this process."""
        assert not isinstance(self.behind, FarDoor)
        return self.behind.prepared(self.put(request), floor)

    def measured(self, request: Request, part: Request | None, floor: Floor, seconds: float) -> Cost:
        """What one call costs beside its floor; `part`: the same call of less, in the same rounds."""
        return self.behind.measured(self.put(request), part and self.put(part), floor, seconds)

    def changes(self, request: Request) -> list[str]:
        """Which settings of its process a call changes, in words; those that its import has changed as well, where
        the process is its own.
        """
        return self.behind.changes(self.put(request))

    def put(self, request: Request) -> Request:
        """The request as the code is asked it, and where."""
        other = marshalled(self.implementation, request)
        return self._there(request if other is None else other.request, request)

    def _there(self, asked: Request, plain: Request) -> Request:
        one = self.implementation
        if (one.device, one.compiler, plain.then, plain.first) == (asked.device, asked.compiler, None, None):
            return asked
        then, first = (each and self.put(each) for each in (plain.then, plain.first))
        return replace(asked, device=one.device, compiler=one.compiler, then=then, first=first)

    def ask(self, request: Request) -> Answer:
        """Call the code. Raises Raised where it raises, Malformed where it returns no dense tensor."""
        other = marshalled(self.implementation, request)
        if other is None:
            return self.behind.ask(self._there(request, request))
        return other.read(self.behind.ask(self._there(other.request, request)))
