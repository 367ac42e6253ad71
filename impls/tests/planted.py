"""A copy of the suite in which one of its own forms has a mistake, and what the suite says of it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).parents[2]


def planted(folder: Path, file: str, right: str, wrong: str) -> Path:
    """The copy, in whose file something right is wrong."""
    for name in ("spec", "properties", "conftest.py", "pyproject.toml"):
        (folder / name).symlink_to(HOUSE / name)
    shutil.copytree(HOUSE / "impls", folder / "impls", ignore=shutil.ignore_patterns("__pycache__"))
    written = (folder / "impls" / file).read_text()
    assert right in written
    (folder / "impls" / file).write_text(written.replace(right, wrong))
    return folder


def checked(house: Path, named: str, properties: tuple[str, ...], profile: str, **settings: str) -> int:
    """The exit status of the suite in a house, on what is named, for some properties."""
    command = [sys.executable, "-m", "pytest", "-q", "properties", "-n0", "--profile", profile, "--impl", named]
    command += [word for each in properties for word in ("--property", each)]
    return subprocess.run(command, cwd=house, env=os.environ | settings, capture_output=True, check=False).returncode
