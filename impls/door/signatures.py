"""What a call takes: the signatures of whatever can be called."""

import inspect
import sys
from collections.abc import Callable
from functools import lru_cache, partial
from types import MethodType
from typing import TYPE_CHECKING, Any, cast

from impls.marker import COMPILED

if TYPE_CHECKING:
    import torch


def signature_of(function: Callable[..., Any]) -> inspect.Signature:
    """What a call takes, also where `__call__` or `apply` say that they take anything.

    Raises TypeError for what cannot be called, and ValueError where it cannot be read.
    """
    if getattr(function, "described", {}).get("signature", ...) is None:
        raise ValueError("its signature cannot be read where it is")
    if isinstance(function, partial):
        whole = signature_of(function.func)

        def named(*args: Any, **keywords: Any) -> Any:
            """Called as the function of the partial is."""

        named.__signature__ = whole  # type: ignore[attr-defined]
        return inspect.signature(partial(named, *function.args, **function.keywords))
    if "torch" in sys.modules:
        return _signature_of_torch(function)
    return inspect.signature(function)


def _signature_of_torch(function: Any) -> inspect.Signature:
    """What a call takes that may be one of torch, which whoever has made it has imported."""
    import torch

    apply = cast("MethodType", torch.autograd.Function.apply)
    if isinstance(function, MethodType) and function.__func__ is apply.__func__:
        return _signature_of_apply(function.__self__)  # type: ignore[arg-type]
    if isinstance(function, torch.jit.ScriptFunction):
        return inspect.Signature(list(map(_scripted, cast(Any, function).schema.arguments)))
    if isinstance(function, torch.nn.Module):
        function = getattr(function, COMPILED, function).forward
    return inspect.signature(function)


def _scripted(argument: Any) -> inspect.Parameter:
    """A parameter of a function that TorchScript has compiled."""
    kind = inspect.Parameter.KEYWORD_ONLY if argument.kwarg_only else inspect.Parameter.POSITIONAL_OR_KEYWORD
    default = argument.default_value if argument.has_default_value() else inspect.Parameter.empty
    return inspect.Parameter(argument.name, kind, default=default)


def _signature_of_apply(kind: "type[torch.autograd.Function]") -> inspect.Signature:
    """That of `forward`; with a `ctx` as its first argument it is called with arguments in their order alone."""
    import torch

    signature = inspect.signature(kind.forward)
    if kind.setup_context is not torch.autograd.Function.setup_context:
        return signature
    ordered = [p for p in signature.parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    more = [p for p in signature.parameters.values() if p.kind is p.VAR_POSITIONAL]
    return signature.replace(parameters=[*(p.replace(kind=p.POSITIONAL_ONLY) for p in ordered[1:]), *more])


def _read(function: Callable[..., Any]) -> tuple[inspect.Parameter, ...]:
    return tuple(signature_of(function).parameters.values())


_kept = lru_cache(maxsize=512)(_read)


def parameters_of(function: Callable[..., Any]) -> tuple[inspect.Parameter, ...]:
    """What a call takes, in order."""
    try:
        return _kept(function)
    except TypeError:
        return _read(function)


def accepts(function: Callable[..., Any], keyword: str) -> bool:
    """Whether a function takes this keyword argument."""
    return any(
        p.kind is p.VAR_KEYWORD or (p.name == keyword and p.kind is not p.POSITIONAL_ONLY)
        for p in parameters_of(function)
    )


def without_default(function: Callable[..., Any]) -> frozenset[str]:
    """The names that a call must give."""
    return frozenset(p.name for p in parameters_of(function) if p.default is p.empty)


def called(function: object) -> bool:
    """Whether it can be called, here or in the process where it is."""
    return bool(getattr(function, "described", {}).get("callable", callable(function)))


def kind_of(function: object) -> str:
    """Of which class it is, here or in the process where it is."""
    return str(getattr(function, "described", {}).get("kind", type(function).__name__))


def a_class(function: object) -> bool:
    """Whether it is a class, here or in the process where it is."""
    return bool(getattr(function, "described", {}).get("class", isinstance(function, type)))
