"""In which dtypes a property is asked: in all, or in a survey in one wide dtype and perhaps in one narrow one."""

import pytest

from impls.forms import composed, rope
from impls.registry import registered
from properties.runs.bench import Bench
from properties.runs.catalogue import PROPERTIES
from properties.runs.expectations import Expectation
from properties.runs.plan import DRAWS, OF_COMPOSITIONS, Plan
from properties.tests.miniatures import SMALL, miniature, prop

WIDE, NARROW = ("float32", "float64"), ("bfloat16", "float16")
ALL = ("float32", "float64", "bfloat16", "float16")


@pytest.mark.parametrize(
    ("declared", "asked", "expected"),
    [
        (None, None, ALL),
        (("float16", "float32"), None, ("float32", "float16")),
        (None, ("bfloat16", "float32"), ("float32", "bfloat16")),
        (("float64",), ("float32",), ()),
    ],
)
def test_an_implementation_is_checked_in_the_dtypes_of_both_float32_first(declared, asked, expected):
    assert Plan(dtypes=asked).dtypes_of(miniature(dtypes=declared)) == expected


@pytest.mark.parametrize(("profile", "dealt"), [("fast", True), ("ci", False)])
def test_every_dtype_has_the_whole_cover_and_in_the_profile_fast_its_share_of_what_is_drawn(profile, dealt):
    plan, one = Plan(profile=profile), miniature()
    norm = next(each for each in PROPERTIES if each.id == "norm")
    cover, drawn = (
        set(norm.family(one.claimed).cases(one.claimed, draws=n, suite_seed=0)) for n in (0, DRAWS[profile])
    )
    drawn -= cover
    asked = [set(plan.cases(norm, one, dtype)) for dtype in ALL]
    assert len(drawn) == DRAWS[profile]
    assert all(cases >= cover for cases in asked)
    assert set().union(*asked) == cover | drawn
    assert sum(len(cases - cover) for cases in asked) == len(drawn) * (1 if dealt else len(ALL))
    assert set(Plan(profile=profile, dtypes=("float16",)).cases(norm, one, "float16")) == cover | drawn


# A survey: the property, the dtypes that can be checked, those that are asked.
SURVEY = [
    ("exact-values", ALL, ALL),
    ("norm", ALL, ("float32", "bfloat16")),
    ("norm", ("float32", "float64"), ("float32",)),
    ("norm", ("float64", "float16"), ("float64", "float16")),
    ("norm", NARROW, ("bfloat16",)),
    ("norm", (), ()),
    ("remote-decay", ALL, ("float32",)),
    ("batch-locality", ALL, ("float32",)),
    ("determinism", ALL, ("float32",)),
    ("vmap-agreement", ALL, ("float32",)),
    ("vmap-agreement", NARROW, ("bfloat16",)),
    ("dtype-kept", ALL, ("float32", "bfloat16")),
]


@pytest.mark.parametrize(("statement", "dtypes", "asked"), SURVEY)
def test_a_survey_asks_in_one_wide_dtype_and_where_numbers_are_compared_in_a_narrow_one(statement, dtypes, asked):
    one = prop(id=statement)
    found = Plan(survey=True).dtypes_for(one, dtypes, "mine")
    assert tuple(dict.fromkeys(found)) == asked
    assert Plan().dtypes_for(one, dtypes, "mine") == dtypes


def test_a_bench_asks_as_well_in_dtypes_in_which_a_failure_is_known():
    known = Expectation(
        implementation="mine",
        properties=("norm",),
        dtypes=("float16",),
        reason="",
        evidence="",
        witness=SMALL,
        place="expected.toml:1",
    )
    one = miniature()
    survey = Plan(survey=True)
    assert Bench(one, survey).dtypes_for(prop(id="norm")) == ("float32", "bfloat16")
    assert Bench(one, survey, (known,)).dtypes_for(prop(id="norm")) == ("float32", "bfloat16", "float16")
    assert Bench(one, survey, (known,)).dtypes_for(prop(id="symmetry")) == ("float32", "bfloat16")
    assert Bench(one, Plan(), (known,)).dtypes_for(prop(id="norm")) == ("float32", "float64", "bfloat16", "float16")


def test_a_bench_asks_in_no_dtype_in_which_the_code_cannot_be_called():
    def refuses_halves(x, positions):
        if x.dtype.itemsize == 2:
            raise TypeError("no halves")
        return x

    assert Bench(miniature(refuses_halves), Plan()).dtypes_for(prop()) == ("float32", "float64")
    assert Bench(miniature(lambda x, positions: None), Plan()).dtypes_for(prop()) == ()


@pytest.mark.parametrize(
    ("plan", "outcome"),
    [
        (Plan(profile="fast"), None),
        (Plan(profile="deep"), ("not-run", "runs in the profiles fast and ci only")),
    ],
)
def test_a_property_is_left_out_in_another_profile(plan, outcome):
    assert Bench(miniature(), plan).left_out(prop(profiles=("fast", "ci"))) == outcome


def test_a_property_is_left_out_where_it_says_nothing():
    nothing = prop(needs=(lambda one, encoding: None, lambda one, encoding: f"{one.name} is {encoding.name}"))
    assert Bench(miniature(), Plan()).left_out(nothing) == ("not-applicable", "mine is rope")
    scores = miniature(compare="score")
    told = ("not-applicable", "compared by score: attention does not see what this property looks at")
    assert Bench(scores, Plan()).left_out(prop()) == told
    assert Bench(scores, Plan()).left_out(prop(on="score")) is None


def test_a_survey_asks_the_own_compositions_what_is_theirs():
    asked = {each: next(p for p in PROPERTIES if p.id == each) for each in ("norm", *OF_COMPOSITIONS)}
    composition, part = registered(composed.__name__)[0], registered(rope.__name__)[0]
    survey = Plan(survey=True)
    left_out = [each for each, found in asked.items() if Bench(composition, survey).left_out(found) is not None]
    assert "norm" in left_out
    assert set(left_out) - {"norm"} <= {"text-degeneration", "isotropy"}
    assert Bench(composition, survey).left_out(asked["norm"]) == (
        "not-run",
        "a survey asks it of the forms that are put together here: name it with --impl",
    )
    for one, plan in ((composition, Plan()), (composition, Plan(profile="ci", survey=True)), (part, survey)):
        assert Bench(one, plan).left_out(asked["norm"]) is None


def test_one_case_of_a_plan_is_the_only_one():
    one = Plan(case=SMALL)
    assert one.cases(prop(), miniature(), "float32") == (SMALL,)


def test_a_survey_asks_every_size_and_number_of_heads_that_is_declared():
    one = miniature(rope.elementwise_interleaved, layout="interleaved", head_sizes=(8, 64, 96))
    exact = next(prop for prop in PROPERTIES if prop.id == "exact-values")
    result = Bench(one, Plan(survey=True)).cell(exact, "float32")
    assert (result.outcome, result.cases) == ("pass", 4)
