"""What the spec says of mixed sequences, asked of the places that code gives them: one rule for both."""

from functools import partial

from properties.cases.segments import mixed
from properties.checks.evidence import Evidence, refuted, satisfied, worst
from properties.checks.interface import refusal
from properties.checks.property import checks
from properties.subjects.assigned import Assigned
from properties.subjects.subject import Subject
from spec import Statement
from spec.definitions.placing import Segment
from spec.definitions.runs import flat, kinds
from spec.statements import assignments as says
from spec.statements import patches as says_of_patches

SHOWN = 12
"""How many places a message names."""


def follows(encoding: Subject, statement: Statement) -> Evidence:
    """Whether the rule of a statement is true of the places that code gives the sequence of the case."""
    assert isinstance(encoding, Assigned)
    assert statement.rule is not None
    segments = encoding.case.segments
    if statement.rule(encoding.lay, segments):
        return satisfied()
    places = [tuple(map(str, place)) for place in flat(encoding.lay(segments))]
    told = [f"({', '.join(place)})" for place in places[:SHOWN]]
    return refuted(f"the places are {' '.join(told)}{' ...' if len(places) > SHOWN else ''}")


@checks(says.text_on_the_diagonal, cases=mixed)
def text_on_the_diagonal(encoding: Subject) -> Evidence:
    """text of n tokens stands at 0, 1, ..., n - 1 on every axis"""
    return follows(encoding, says.text_on_the_diagonal)


@checks(says.unit_text_steps, cases=mixed)
def unit_text_steps(encoding: Subject) -> Evidence:
    """p(next token of text) = p(token) + (1, ..., 1)"""
    return follows(encoding, says.unit_text_steps)


@checks(says.text_back_on_the_diagonal, cases=mixed)
def text_back_on_the_diagonal(encoding: Subject) -> Evidence:
    """p(token of text) = (n, ..., n) for some n"""
    return follows(encoding, says.text_back_on_the_diagonal)


@checks(says.distinct_positions, cases=mixed)
def distinct_positions(encoding: Subject) -> Evidence:
    """p(token) = p(other token) for no two tokens"""
    return follows(encoding, says.distinct_positions)


@checks(says.integral_positions, cases=mixed)
def integral_positions(encoding: Subject) -> Evidence:
    """p(token) is a tuple of integers"""
    return follows(encoding, says.integral_positions)


@checks(says.ordered_around_text, cases=mixed)
def ordered_around_text(encoding: Subject) -> Evidence:
    """p(what precedes) < p(token of text) < p(what follows), on every axis"""
    return follows(encoding, says.ordered_around_text)


@checks(says.equal_gaps, cases=mixed)
def equal_gaps(encoding: Subject) -> Evidence:
    """p(first patch) - L = K - p(last patch), with L and K of the texts around the image"""
    return follows(encoding, says.equal_gaps)


@checks(says.adjacent_images_keep_gaps, cases=mixed)
def adjacent_images_keep_gaps(encoding: Subject) -> Evidence:
    """p(first patch) - p(before) = p(behind) - p(last patch), also next to an image"""
    return follows(encoding, says.adjacent_images_keep_gaps)


@checks(says.balanced_image, cases=mixed)
def balanced_image(encoding: Subject) -> Evidence:
    """(h + 1) s = (w + 1) t, the patch in row i and column j being at L + (i s, j t)"""
    return follows(encoding, says.balanced_image)


@checks(says.centred_image, cases=mixed)
def centred_image(encoding: Subject) -> Evidence:
    """mean of p(patch) - L = (c, ..., c) for some c"""
    return follows(encoding, says.centred_image)


@checks(says.point_reflection, cases=mixed)
def point_reflection(encoding: Subject) -> Evidence:
    """p(token) + p'(token) is the same for all tokens, p' being the places in the reversed sequence"""
    return follows(encoding, says.point_reflection)


@checks(says.transposition, cases=mixed)
def transposition(encoding: Subject) -> Evidence:
    """p(row j, column i) in the transposed image is p(row i, column j) with its coordinates exchanged"""
    return follows(encoding, says.transposition)


@checks(says.equivalent_text_length, cases=mixed)
def equivalent_text_length(encoding: Subject) -> Evidence:
    """p(text behind an image of h w patches) = p(text behind h w tokens of text)"""
    return follows(encoding, says.equivalent_text_length)


@checks(says.single_patch_like_a_token, cases=mixed)
def single_patch_like_a_token(encoding: Subject) -> Evidence:
    """p(tokens and images of one patch) = p(tokens alone)"""
    return follows(encoding, says.single_patch_like_a_token)


@checks(says.size_independence, cases=mixed)
def size_independence(encoding: Subject) -> Evidence:
    """p(text behind an image) = p(text behind an image of one patch)"""
    return follows(encoding, says.size_independence)


@checks(says.prefix_independence, cases=mixed)
def prefix_independence(encoding: Subject) -> Evidence:
    """p(beginning of a sequence) = beginning of p(sequence)"""
    return follows(encoding, says.prefix_independence)


@checks(says_of_patches.local_steps, cases=mixed)
def local_steps(encoding: Subject) -> Evidence:
    """|p(patch) - p(neighbour)| <= 1 on every axis"""
    return follows(encoding, says_of_patches.local_steps)


@checks(says_of_patches.isotropic_steps, cases=mixed)
def isotropic_steps(encoding: Subject) -> Evidence:
    """|p(patch) - p(patch below)| = |p(patch) - p(patch to the right)|"""
    return follows(encoding, says_of_patches.isotropic_steps)


@checks(says_of_patches.uniform_offsets, cases=mixed)
def uniform_offsets(encoding: Subject) -> Evidence:
    """p(patch) - p(other patch) depends on their offset on the grid only"""
    return follows(encoding, says_of_patches.uniform_offsets)


@checks(says_of_patches.distinct_offsets, cases=mixed)
def distinct_offsets(encoding: Subject) -> Evidence:
    """p(patch) - p(other patch) tells their offset on the grid"""
    return follows(encoding, says_of_patches.distinct_offsets)


@checks(says_of_patches.unbroken_scan, cases=mixed)
def unbroken_scan(encoding: Subject) -> Evidence:
    """patches at n and n + 1 are neighbours"""
    return follows(encoding, says_of_patches.unbroken_scan)


@checks(says.bad_segments_refused, cases=mixed)
def bad_segments_refused(encoding: Subject) -> Evidence:
    """f of a segment that cannot be placed raises an error"""
    assert isinstance(encoding, Assigned)
    wrong: list[Segment] = [("text", -2), ("image", -1, 3), ("image", 2, -3), ("image", 3), ("sound", 4)]
    wrong += [("video", 2, 2, 3)] if "video" not in kinds(encoding.spec) else [("video", -2, 2, 3)]
    asked = ([*encoding.case.segments, segment] for segment in wrong)
    return worst(*(refusal(partial(encoding.assign, each), f"the segment {each[-1]}") for each in asked))
