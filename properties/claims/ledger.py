"""The claims ledger: every claim of the sources in the order of their ids, and the lemmas that some of them rest on."""

import importlib
import pkgutil
from types import ModuleType
from typing import TypeVar

import properties.claims
import spec.claims
import spec.lemmas
from spec.claims.claim import Claim
from spec.lemmas.lemma import Lemma

Item = TypeVar("Item", Claim, Lemma)


def _found(kind: type[Item], *packages: ModuleType) -> dict[str, Item]:
    names = [f"{package.__name__}.{m.name}" for package in packages for m in pkgutil.iter_modules(package.__path__)]
    items = [item for name in names for item in vars(importlib.import_module(name)).values() if isinstance(item, kind)]
    return {item.id: item for item in sorted(items, key=lambda item: item.id)}


CLAIMS = tuple(_found(Claim, spec.claims, properties.claims).values())
LEMMAS = tuple(_found(Lemma, spec.lemmas).values())
