"""How an error in somebody else's code is told: its kind, its first words, and the line of their file."""

import traceback

LONGEST = 300


def told(error: BaseException, file: str | None) -> str:
    """One line such as `ValueError: the dimension is odd (line 12)`, a line of `file`."""
    kind, words = type(error).__name__, str(error).strip().splitlines()
    said = f": {words[0]}" if words else ""
    if len(said) > LONGEST:
        said = said[:LONGEST] + " ..."
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if file is not None and frame.filename == file]
    return f"{kind}{said}" + (f" (line {lines[-1]})" if lines else "")
