"""Every rotary class of Hugging Face transformers with a body of its own, as `rows.toml` lists them.

A class is built from the configuration class that it names, and what it makes is put on queries and keys by the
function of its module. Where the attention of a model turns a slice of its vectors, or tokens have no axis of their
own, the row says so; nothing else is added. Named with `--impl`; not in the survey.
"""

import inspect
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import torch
from torch import Tensor

from impls import implements
from impls.zoo.transformers.counted import MADE

MODELS = "https://github.com/huggingface/transformers/blob/main/src/transformers/models"
SIZES = {"hidden_size": "dim", "num_attention_heads": 1, "num_key_value_heads": 1, "head_dim": "dim"}
"""What every configuration is given, one head as wide as the vectors; a row adds to these."""
PLAIN = {"base": "rope_theta"}
LONGER = {**PLAIN, "factor": "factor"}
SINCE = {**LONGER, "original_max_position_embeddings": "original_max_position_embeddings"}
SET: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "rope": ("default", PLAIN),
    "partial-rope": ("default", {**PLAIN, "rotary_dim": "partial_rotary_factor"}),
    "mrope": ("default", {**PLAIN, "mrope_section": "mrope_section"}),
    "rope-2d": ("axial", PLAIN),
    "rope-2d-same-theta": ("axial", PLAIN),
    "rope-linear": ("linear", LONGER),
    "rope-proportional": ("proportional", LONGER | {"partial_rotary_factor": "partial_rotary_factor"}),
    "rope-ntk": ("dynamic", {**PLAIN, "factor": "alpha"}),
    "rope-llama3": ("llama3", SINCE | {name: name for name in ("low_freq_factor", "high_freq_factor")}),
    "rope-yarn": ("yarn", SINCE | {name: name for name in ("beta_fast", "beta_slow")}),
    "rope-longrope": (
        "longrope",
        {**PLAIN, **{n: n for n in ("original_max_position_embeddings", "short_factor", "long_factor")}},
    ),
}
"""Of every encoding its `rope_type`, and what parameters are called in `rope_parameters`."""
BESIDE = {
    "rotary_dim": "partial_rotary_factor",
    **{name: name for name in ("mrope_section", "attention_factor", "mscale", "mscale_all_dim")},
}
"""The same of what is given where it is fixed, and not varied."""
TABLE = Path(__file__).with_name("rows.toml")
ROWS: Mapping[str, Any] = tomllib.loads(TABLE.read_text(encoding="utf-8"))
OWN = {
    "class",
    "apply",
    "models",
    "config",
    "rope",
    "layer_type",
    "beside",
    "places",
    "sections",
    "with",
    "note",
    "built_from",
}
"""The keys of a row that are not declared; its others are."""


def module_of(folder: str) -> ModuleType:
    """The code of a model."""
    return import_module(f"transformers.models.{folder}.modeling_{folder}")


def configured(row: Mapping[str, Any], dim: int, given: Mapping[str, Any]) -> Any:
    """The class of a row, built from a configuration with these parameters, by their names in the spec."""
    folder, name = row["class"].split(".")
    code, names, known = module_of(folder), {**BESIDE, **SET[row["encoding"]][1]}, {"dim": dim, **given}
    kind = getattr(code, name)
    config = getattr(code, row["built_from"]) if "built_from" in row else get_type_hints(kind.__init__)["config"]
    named = {names[name]: _plain(name, each, dim) for name, each in given.items() if name in names}
    if "sections" in row:
        named["mrope_section"] = [named["mrope_section"][axis] for axis in row["sections"]]
    rope: Any = {"rope_type": SET[row["encoding"]][0], **named, **row.get("rope", {})}
    sizes = {**SIZES, **row.get("config", {})}
    if layer_type := row.get("layer_type"):
        types = [layer_type, *row.get("beside", ())]
        sizes = {"layer_types": types, "num_hidden_layers": len(types), **sizes}
        rope = {each: dict(rope) for each in types}
    given_as = {name: known.get(each, each) if isinstance(each, str) else each for name, each in sizes.items()}
    settable = {name: each for name, each in given_as.items() if not isinstance(getattr(config, name, None), property)}
    return kind(config(**settable, rope_parameters=rope))


def _names(row: Mapping[str, Any]) -> dict[str, str]:
    """What the parameters that a row takes are called in `rope_parameters`."""
    fixed = {name: each for name, each in BESIDE.items() if name in row.get("parameters", {})}
    return {**SET[row["encoding"]][1], **fixed}


def _plain(name: str, given: Any, dim: int) -> Any:
    if name == "rotary_dim":
        return given / dim
    return list(given) if isinstance(given, tuple) else given


def tables_of(row: Mapping[str, Any], dim: int, given: Mapping[str, Any]) -> Callable[[Tensor, Tensor], Any]:
    """What the class of a row makes of positions, (x, position_ids) -> (cos, sin)."""
    module, layer_type = configured(row, dim, given), row.get("layer_type")
    more = {"layer_type": layer_type} if layer_type else {}

    def tables(x: Tensor, position_ids: Tensor) -> tuple[Tensor, Tensor]:
        made = module(x, LAID[row.get("places", "axes b n")](position_ids), **more)
        return (made.real, made.imag) if isinstance(made, Tensor) else made

    return tables


LAID: Mapping[str, Callable[[Tensor], Tensor]] = {
    "axes b n": lambda position_ids: position_ids,
    "n axes": lambda position_ids: position_ids[:, 0].T,
    "b n axes": lambda position_ids: position_ids.movedim(0, -1),
}
"""How a class takes its positions."""


def _applied(row: Mapping[str, Any]) -> Callable[..., Any]:
    """The function of the module, asked as it takes queries, keys and tables."""

    def apply(q: Tensor, k: Tensor, cos: Tensor, sin: Tensor) -> Any:
        function = getattr(module_of(row["class"].split(".")[0]), row["apply"])
        names, told = list(inspect.signature(function).parameters), row.get("with", {})
        if "cos" not in names:
            return function(q, k, torch.complex(cos, sin))
        if "k" in names:
            return function(q, k, cos, sin, **told)
        if "position_ids" in names:
            told = {"position_ids": torch.empty(2)}
        return function(q, cos, sin, **told), function(k, cos, sin, **told)

    return apply


def _factory(row: Mapping[str, Any]) -> Callable[..., Any]:
    def factory(dim: int, **given: Any) -> Callable[..., Any]:
        return tables_of(row, dim, given)

    beside = [each for each in row.get("config", {}).values() if each == "max_position_embeddings"]
    keywords = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in (*_names(row), *beside)]
    dim = inspect.Parameter("dim", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    factory.__signature__ = inspect.Signature([dim, *keywords])  # type: ignore[attr-defined]
    return factory


with suppress(ImportError):
    import transformers.modeling_utils  # noqa: F401  takes longer than the first call may

for _name, _row in ROWS.items():
    _declared: dict[str, Any] = {
        name: tuple(each) if isinstance(each, list) else each for name, each in _row.items() if name not in OWN
    }
    _made, _apply = MADE.get(_name) or (_factory(_row), _applied(_row) if "apply" in _row else None)
    implements(
        **_declared,
        name=f"transformers-{_name}",
        call="module-tables",
        apply=_apply,
        factory=True,
        package="transformers",
        source=f"{MODELS}/{_row['class'].split('.')[0]}",
    )(_made)
