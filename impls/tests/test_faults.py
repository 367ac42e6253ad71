"""The faults are registered, each told in a sentence, and apart from everything that is checked by default."""

import re

import torch

from impls.faults import all_faults, mistake
from impls.faults.right import angles, frequencies, in_halves, in_pairs, turned
from impls.loading import load, load_default

FAULTS = all_faults()
REPOSITORY = r"https://github\.com/[\w.-]+/[\w.-]+/(issues|pull|commit)/\w+"


def test_a_fault_says_in_one_sentence_what_is_wrong():
    for fault in FAULTS:
        assert fault.problem is None, fault.name
        assert re.fullmatch(r"[A-Z].{15,110}\.", mistake(fault)), fault.name
        assert fault.source is None or re.fullmatch(REPOSITORY, fault.source), fault.name


def test_names_are_unique():
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


def test_no_two_faults_of_an_encoding_say_the_same():
    assert len({(fault.encoding, mistake(fault)) for fault in FAULTS}) == len(FAULTS)


def test_faults_are_no_part_of_a_default_run():
    assert not {one.name for one in load_default().implementations} & {fault.name for fault in FAULTS}


def test_a_fault_is_loaded_by_the_name_of_its_module():
    for fault in FAULTS:
        (loaded,) = load(f"{fault.module}::{fault.name}").implementations
        assert loaded.function is fault.function


def test_what_the_faults_share_is_right():
    x, positions = torch.randn(2, 3, 5, 6, dtype=torch.float64), torch.tensor([0.0, 1.0, -2.5, 700.0, 700.0])
    y = turned(x, angles(positions, 6, 10000.0))
    for pair, theta in enumerate([1.0, 10000.0 ** (-1 / 3), 10000.0 ** (-2 / 3)]):
        z = torch.view_as_complex(x[..., 2 * pair : 2 * pair + 2].contiguous()) * torch.exp(
            1j * positions.double() * theta
        )
        torch.testing.assert_close(torch.view_as_real(z), y[..., 2 * pair : 2 * pair + 2], rtol=0, atol=1e-12)
    assert frequencies(6, 10000.0).dtype == torch.float64


def test_halves_and_pairs_are_inverse():
    x = torch.arange(6)
    assert in_halves(x).tolist() == [0, 2, 4, 1, 3, 5]
    assert in_pairs(in_halves(x)).tolist() == x.tolist()
