"""What the spec says of mixed sequences, asked of the places that code gives them: one rule for both."""

from collections.abc import Mapping

from properties.cases.segments import mixed
from properties.checks.comparisons import refusal
from properties.checks.evidence import Evidence, refuted, satisfied, worst
from properties.checks.property import Check, checks, is_strict
from properties.subjects.assignment import OnAssignments
from spec import Statement
from spec.definitions.placing import Segment
from spec.definitions.runs import flat, kinds
from spec.statements import assignments, patches

SHOWN = 12
"""How many places a message names."""
EQUATIONS: Mapping[Statement, str] = {
    assignments.text_on_the_diagonal: "text of n tokens stands at 0, 1, ..., n - 1 on every axis",
    assignments.unit_text_steps: "p(next token of text) = p(token) + (1, ..., 1)",
    assignments.text_back_on_the_diagonal: "p(token of text) = (n, ..., n) for some n",
    assignments.distinct_positions: "p(token) = p(other token) for no two tokens",
    assignments.integral_positions: "p(token) is a tuple of integers",
    assignments.ordered_around_text: "p(what precedes) < p(token of text) < p(what follows), on every axis",
    assignments.equal_gaps: "p(first patch) - L = K - p(last patch), with L and K of the texts around the image",
    assignments.adjacent_images_keep_gaps: "p(first patch) - p(before) = p(behind) - p(last), also next to an image",
    assignments.balanced_image: "(h + 1) s = (w + 1) t, the patch in row i and column j being at L + (i s, j t)",
    assignments.centred_image: "mean of p(patch) - L = (c, ..., c) for some c",
    assignments.point_reflection: "p(token) + p'(token) is the same for all tokens, p' in the reversed sequence",
    assignments.transposition: "p(row j, column i) in the transposed image = p(row i, column j), exchanged",
    assignments.equivalent_text_length: "p(text behind an image of h w patches) = p(text behind h w tokens of text)",
    assignments.single_patch_like_a_token: "p(tokens and images of one patch) = p(tokens alone)",
    assignments.size_independence: "p(text behind an image) = p(text behind an image of one patch)",
    assignments.prefix_independence: "p(beginning of a sequence) = beginning of p(sequence)",
    patches.local_steps: "|p(patch) - p(neighbour)| <= 1 on every axis",
    patches.isotropic_steps: "|p(patch) - p(patch below)| = |p(patch) - p(patch to the right)|",
    patches.uniform_offsets: "p(patch) - p(other patch) depends on their offset on the grid only",
    patches.distinct_offsets: "p(patch) - p(other patch) tells their offset on the grid",
    patches.unbroken_scan: "patches at n and n + 1 are neighbours",
}


def _follows(statement: Statement, equation: str) -> Check:
    """The check whether the rule of a statement is true of the places that code gives the sequence of the case."""
    rule = statement.rule
    assert rule is not None, f"{statement.id} has no rule for a single sequence"

    def check(s: OnAssignments) -> Evidence:
        if rule(s.code.lay, s.case.segments):
            return satisfied()
        places = [tuple(map(str, place)) for place in flat(s.code.lay(s.case.segments))]
        told = [f"({', '.join(place)})" for place in places[:SHOWN]]
        return refuted(f"the places are {' '.join(told)}{' ...' if len(places) > SHOWN else ''}")

    check.__doc__ = equation
    return check


RULES = tuple(
    checks(statement, cases=mixed)(_follows(statement, equation)) for statement, equation in EQUATIONS.items()
)


@checks(assignments.bad_segments_refused, cases=mixed, needs=(is_strict,))
def bad_segments_refused(s: OnAssignments) -> Evidence:
    """f of a segment that cannot be placed raises an error"""
    wrong: list[Segment] = [("text", -2), ("image", -1, 3), ("image", 2, -3), ("image", 3), ("sound", 4)]
    wrong += [("video", 2, 2, 3)] if "video" not in kinds(s.encoding) else [("video", -2, 2, 3)]
    asked = ([*s.case.segments, segment] for segment in wrong)
    return worst(*(refusal(f"the segment {each[-1]}", s.code.answer, each) for each in asked))
