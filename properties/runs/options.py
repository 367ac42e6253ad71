"""From the options of a command line to what is run; pytest and `python -m reports` take the same ones."""

import json
import random
from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from impls import Implementation
from impls.declaration import DTYPES
from impls.door.devices import HOST, compiles, kind_of
from impls.door.far import Far
from impls.door.limits import Limits
from impls.loading import Loaded, load_all, load_default
from impls.registry import configured_as
from properties.cases.case import Case
from properties.runs.ahead import cores
from properties.runs.catalogue import PROPERTIES
from properties.runs.expectations import Expectation, WrongExpectation, case_in, published, read
from properties.runs.plan import DRAWS, WIDER, Plan
from properties.runs.problems import absent, nothing, stale, unproved
from spec import WrongSpec
from spec.presets import PRESETS

SEEDS = 2**20
MOST = 1e6
"""No limit is larger: so many seconds are some days."""


class WrongUsage(ValueError):
    """An option that cannot be understood; the message says what was expected."""


@dataclass(frozen=True)
class Option:
    """An option of the command line, and the keyword of `parsed` that takes it; `several`: it may be repeated."""

    flag: str
    keyword: str
    metavar: str
    help: str
    several: bool = False
    type: Callable[[str], Any] = str
    default: Any = None
    reported: bool = True

    @property
    def arguments(self) -> dict[str, Any]:
        """What a parser is told beside the flag; argparse's `add_argument` and pytest's `addoption` take the same."""
        if self.type is bool:
            return {"action": "store_true", "help": self.help}
        one = {"type": self.type, "default": self.default}
        given = {"action": "append", "default": []} if self.several else one
        return {"metavar": self.metavar, "help": self.help} | given


def _seed(text: str) -> int:
    """A seed, or one that nobody could know before. Raises ArgumentTypeError, which parsers tell."""
    try:
        return random.randrange(SEEDS) if text == "random" else int(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no seed; expected a whole number, or random") from None


OPTIONS = (
    Option(
        "--impl", "impl", "TARGET", "check only this: file.py or package.module, with or without ::name", several=True
    ),
    Option("--zoo", "zoo", "", "everything that is known, with every published implementation", type=bool),
    Option("--apart", "apart", "", "hold published implementations in processes of their own, named or not", type=bool),
    Option("--property", "properties", "ID", "only this property", several=True),
    Option("--dtype", "dtypes", "NAME", "only this dtype", several=True),
    Option("--expect", "expect", "FILE", "failures that are known, in TOML", several=True),
    Option("--profile", "profile", "NAME", "how many cases: brief (for slow code), fast, ci or deep", default="fast"),
    Option("--suite-seed", "seed", "N", "the seed of all cases, or `random`; random in deep, else 0", type=_seed),
    Option("--preset", "preset", "NAME", "configured as this published model: see spec/presets.toml"),
    Option("--device", "device", "NAME", "where tensors are: cpu, cuda, cuda:1, mps, xpu", default=HOST),
    Option("--compile", "compiler", "BACKEND", "of torch.compile; inductor in ci and deep where there is a compiler"),
    Option("--max-memory", "memory", "GIB", "what the process of a plug-in may use", type=float, default=Limits.memory),
    Option("--max-seconds", "seconds", "S", "what all its calls together may take", type=float, default=Limits.seconds),
    Option("--max-output", "output", "KB", "what it may print", type=float, default=Limits.output),
    Option("--max-files", "files", "N", "how many files it may have open", type=int, default=Limits.files),
    Option(
        "--max-import-seconds",
        "import_seconds",
        "S",
        "what its import may take: compiling kernels takes long",
        type=float,
        default=Limits.import_seconds,
    ),
    Option("--jobs", "jobs", "N", "how many processes judge a plug-in; as many as there are cores", type=int),
    Option(
        "--case", "case", "JSON", "only this case, or those of a list in turn, as a failure prints it", reported=False
    ),
)
"""In the order of the help of `pytest properties`; `python -m reports` takes those that can be `reported`."""


@dataclass(frozen=True)
class Options:
    """What the options mean, before anything is loaded: targets (none: everything), plan, known failures, limits."""

    targets: tuple[str, ...]
    plan: Plan
    expectations: tuple[Expectation, ...]
    limits: Limits
    compiler: str
    jobs: int
    preset: str | None
    zoo: bool
    apart: bool


@dataclass(frozen=True)
class Selection:
    """What is run: implementations, plan, known failures, in how many processes. What is wrong is in `loaded`.

    One process judges what is not apart from it: libraries with threads of their own, such as MLX, hang in its copies.
    """

    loaded: Loaded
    plan: Plan
    expectations: tuple[Expectation, ...]
    jobs: int = 1


def keywords(line: Namespace) -> dict[str, Any]:
    """The keywords of `parsed`, from a command line that argparse or pytest has read."""
    said = {option.keyword: option.flag.lstrip("-").replace("-", "_") for option in OPTIONS}
    return {keyword: getattr(line, name) for keyword, name in said.items() if hasattr(line, name)}


def selection(**said: Any) -> Selection:
    """What is run where this is said, with the keywords of `parsed`.

    Raises WrongUsage as `parsed` does, and for an encoding whose file cannot be used.
    """
    options = parsed(**said)
    try:
        return _selected(options)
    except WrongSpec as error:
        raise WrongUsage(str(error)) from None


def _selected(options: Options) -> Selection:
    targets, plan = options.targets, options.plan
    if targets:
        loaded = load_all(targets, options.limits)
    else:
        loaded = load_default(options.limits, zoo=options.zoo, apart=options.apart)
    device, compiler = options.limits.device, options.compiler
    placed = tuple(replace(one, device=device, compiler=compiler) for one in loaded.implementations)
    if options.preset:
        placed = _configured(placed, options.preset, named=bool(targets))
    loaded = replace(loaded, implementations=placed)
    whole = not targets and plan.dtypes is None and plan.case is None
    plan = replace(plan, survey=plan.profile == "brief" or (whole and plan.profile == "fast"))
    names = {one.name for one in loaded.implementations}
    known = [each for each in published() if each.implementation in names]
    expectations = (*known, *options.expectations)
    wrong = (*loaded.problems, *unproved(loaded.implementations), *stale(expectations, loaded, plan))
    wrong = wrong or tuple(nothing(loaded, plan)) or tuple(absent(loaded) if targets else ())
    apart = all(isinstance(one.function, Far) for one in loaded.implementations)
    return Selection(Loaded(loaded.implementations, wrong), plan, expectations, options.jobs if apart else 1)


def _configured(ones: Iterable[Implementation], preset: str, *, named: bool) -> tuple[Implementation, ...]:
    """Implementations as a published model sets them; of those that nobody has named, the ones that can be it."""
    found = (configured_as(one, preset) for one in ones)
    return tuple(one for one in found if named or one.problem is None)


def parsed(
    *,
    impl: Sequence[str] = (),
    properties: Sequence[str] = (),
    dtypes: Sequence[str] = (),
    profile: str = "fast",
    seed: int | None = None,
    case: str | None = None,
    expect: Sequence[str] = (),
    memory: float = Limits.memory,
    seconds: float = Limits.seconds,
    output: float = Limits.output,
    files: float = Limits.files,
    device: str = HOST,
    compiler: str | None = None,
    import_seconds: float = Limits.import_seconds,
    jobs: int | None = None,
    preset: str | None = None,
    zoo: bool = False,
    apart: bool = False,
) -> Options:
    """What these options mean; without `impl`, everything registered in `impls` is checked. Nothing is loaded.

    Raises WrongUsage for a limit that is not positive, an unknown property, dtype or profile, a negative seed, a case
    that is not one or is given without its property, and a file of expectations that cannot be used.
    """
    known = {prop.id: prop for prop in PROPERTIES}
    _known("property", properties, known)
    _known("dtype", dtypes, DTYPES)
    _known("profile", [profile], DRAWS)
    _known("preset", [preset] if preset else [], PRESETS)
    if seed is None:
        seed = random.randrange(SEEDS) if profile == "deep" else 0
    if seed < 0:
        raise WrongUsage(f"--suite-seed {seed} is negative; expected 0 or more")
    if jobs is not None and jobs < 1:
        raise WrongUsage(f"--jobs {jobs} is too few; expected 1 or more")
    try:
        kind_of(device)
    except ValueError as error:
        raise WrongUsage(f"--device {error}") from None
    limits = Limits(memory, seconds, output, files, import_seconds, device)
    for name, value in asdict(limits).items():
        if name == "device":
            continue
        if not 0 < value <= MOST:
            said = f"--max-{name.replace('_', '-')} {value:g} is no limit"
            raise WrongUsage(f"{said}; expected a positive number, {MOST:g} at most")
    script = () if case is None else _script(case, properties)
    plan = Plan(
        properties=tuple(known[name] for name in known if not properties or name in properties),
        dtypes=tuple(dtypes) or None,
        profile=profile,
        seed=seed,
        case=script[-1] if script else None,
        before=script[:-1],
    )
    if compiler is None:
        compiler = "inductor" if profile in WIDER and compiles(device) else Implementation.compiler
    known_to_fail = tuple(e for path in dict.fromkeys(expect) for e in _read(Path(path)))
    if jobs is None:
        jobs = cores() if device == HOST else 1
    return Options(tuple(impl), plan, known_to_fail, limits, compiler, jobs, preset, zoo, apart)


def _read(path: Path) -> tuple[Expectation, ...]:
    try:
        return read(path)
    except WrongExpectation as error:
        raise WrongUsage(str(error)) from None


def _script(text: str, properties: Sequence[str]) -> tuple[Case, ...]:
    if not properties:
        raise WrongUsage("--case is a case of one property; name it with --property, as the failure does")
    try:
        given = json.loads(text)
        return _in_turn(given) if isinstance(given, list) else (case_in(given),)
    except ValueError as error:
        raise WrongUsage(f"--case {text!r} is not a case: {error}; copy it from a failure") from None


def _in_turn(given: list[Any]) -> tuple[Case, ...]:
    """The cases of a list, in which a number says how often the case before it is asked. Raises ValueError."""
    cases = list[Case]()
    for each in given:
        again = isinstance(each, int) and cases
        cases += cases[-1:] * (each - 1) if again else [case_in(each)]
    if not cases:
        raise ValueError("expected at least one")
    return tuple(cases)


def _known(what: str, given: Sequence[str], known: Collection[str]) -> None:
    unknown = [name for name in given if name not in known]
    if unknown:
        raise WrongUsage(f"unknown {what} {', '.join(map(repr, unknown))}; known: {', '.join(known)}")
