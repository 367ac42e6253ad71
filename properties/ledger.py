"""The claims ledger: every claim of the sources, in the order of their ids."""

import importlib
import pkgutil
from types import ModuleType

import properties.claims
import spec.claims
from spec.claim import Claim


def _claims(package: ModuleType) -> list[Claim]:
    modules = [importlib.import_module(f"{package.__name__}.{m.name}") for m in pkgutil.iter_modules(package.__path__)]
    return [item for module in modules for item in vars(module).values() if isinstance(item, Claim)]


CLAIMS: tuple[Claim, ...] = tuple(
    sorted([*_claims(spec.claims), *_claims(properties.claims)], key=lambda claim: claim.id)
)
