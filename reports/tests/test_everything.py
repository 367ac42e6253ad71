"""Everything is checked in shards that are joined; what one of them did not finish is not lost."""

import sys
import time
from pathlib import Path
from typing import Any

import pytest

from reports import everything
from reports.cells import view
from reports.document import digest
from reports.everything import PARTS, Unfinished, in_shards, put_away
from reports.packing import NAME, packed
from reports.tests import sample
from reports.tests.test_combine import halves
from reports.write import write

COPY = "import os, shutil, sys; os.makedirs(sys.argv[2], exist_ok=True); shutil.copy(sys.argv[1], sys.argv[2])"


@pytest.fixture
def shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that stand-ins for shards bring; one that is missing is a shard that has ended before."""
    sources = []
    for number, part in enumerate(halves(), 1):
        part["suite"] |= {"digest": digest(), "shard": f"{number}/2"}
        sources.append(tmp_path / str(number) / NAME)
        sources[-1].parent.mkdir()
        sources[-1].write_bytes(packed(part))

    def command(arguments: Any, shard: str, place: Path) -> list[str]:
        return [sys.executable, "-c", COPY, str(sources[int(shard[0]) - 1]), str(place)]

    monkeypatch.setattr(everything, "_command", command)
    return sources


def test_shards_are_joined_and_then_put_away(shards: list[Path], tmp_path: Path) -> None:
    joined = in_shards([], tmp_path / "out", 2, resume=False, meanwhile=dict)
    assert joined["complete"] is True
    assert len(joined["implementations"]) == 9
    assert (tmp_path / "out" / PARTS / "1-of-2" / NAME).exists()
    put_away(tmp_path / "out")
    assert not (tmp_path / "out" / PARTS).exists()


def test_a_shard_that_ended_is_told_and_the_other_is_kept(shards: list[Path], tmp_path: Path) -> None:
    kept = shards[1].read_bytes()
    shards[1].unlink()
    with pytest.raises(Unfinished, match="2-of-2: not at an end; the same command with --resume goes on there"):
        in_shards([], tmp_path / "out", 2, resume=False, meanwhile=dict)
    shards[1].write_bytes(kept)
    shards[0].unlink()
    assert len(in_shards([], tmp_path / "out", 2, resume=True, meanwhile=dict)["implementations"]) == 9


def test_what_is_found_out_meanwhile_is_told(shards: list[Path], tmp_path: Path) -> None:
    joined = in_shards([], tmp_path / "out", 2, resume=False, meanwhile=lambda: {"claims": []})
    assert (joined["claims"], len(joined["implementations"])) == ([], 9)


def test_shards_end_where_the_rest_cannot_be_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong() -> dict[str, Any]:
        raise ValueError("no such file")

    sleeps = [sys.executable, "-c", "import time; time.sleep(60)"]
    monkeypatch.setattr(everything, "_command", lambda *_: sleeps)
    start = time.perf_counter()
    with pytest.raises(ValueError, match="no such file"):
        in_shards([], tmp_path / "out", 2, resume=False, meanwhile=wrong)
    assert time.perf_counter() - start < 30


def test_a_shard_whose_process_ends_is_gone_on_with_safely(
    shards: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands, copied = list[list[str]](), everything._command

    def command(arguments: Any, shard: str, place: Path) -> list[str]:
        commands.append([*arguments, shard])
        dies = shard == "2/2" and "--apart" not in arguments
        killed = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
        return [sys.executable, "-c", killed] if dies else copied(arguments, shard, place)

    monkeypatch.setattr(everything, "_command", command)
    assert len(in_shards(["--zoo"], tmp_path / "out", 2, resume=False, meanwhile=dict)["implementations"]) == 9
    assert commands == [["--zoo", "1/2"], ["--zoo", "2/2"], ["--zoo", "--resume", "--apart", "2/2"]]


def test_shards_of_another_command_are_not_gone_on_with(shards: list[Path], tmp_path: Path) -> None:
    in_shards(["--suite-seed", "0"], tmp_path / "out", 2, resume=False, meanwhile=dict)
    with pytest.raises(Unfinished, match=r"of another command: .*seed.*; leave out --resume"):
        in_shards(["--suite-seed", "7", "--resume"], tmp_path / "out", 2, resume=True, meanwhile=dict)
    joined = in_shards(["--suite-seed", "0", "--resume"], tmp_path / "out", 2, resume=True, meanwhile=dict)
    assert len(joined["implementations"]) == 9


def test_a_shard_that_cannot_be_read_is_asked_anew(shards: list[Path], tmp_path: Path) -> None:
    in_shards([], tmp_path / "out", 2, resume=False, meanwhile=dict)
    broken = tmp_path / "out" / PARTS / "1-of-2" / NAME
    broken.write_bytes(broken.read_bytes()[:100])
    assert len(in_shards([], tmp_path / "out", 2, resume=True, meanwhile=dict)["implementations"]) == 9


def test_pages_of_an_earlier_report_are_removed(tmp_path: Path) -> None:
    report = view(sample.large(14, 12))
    for name in ("implementations/gone.html", "badges/gone.json", "implementations/mine.txt", "mine.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("of before")
    write(report, tmp_path)
    left = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()]
    assert {name for name in left if "gone" in name or "mine" in name} == {"implementations/mine.txt", "mine.html"}


def test_a_shard_of_another_suite_is_asked_anew(shards: list[Path], tmp_path: Path) -> None:
    part, _ = halves()
    old = tmp_path / "out" / PARTS / "1-of-2"
    old.mkdir(parents=True)
    (old / NAME).write_bytes(packed(part))
    assert not everything._is_done(old)
