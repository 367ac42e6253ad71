"""The classic forms of an encoding, and why one of them makes no sense where it does not."""

from spec.definitions.encoding import Encoding

CLASSIC = ("matrix", "elementwise", "complex", "rotate-half")


def reason_without(encoding: Encoding, form: str) -> str | None:
    """Why there is no such form of an encoding; None where there should be one."""
    return encoding.without.get(form) or _by_kind(encoding, form)


def _by_kind(encoding: Encoding, form: str) -> str | None:
    if encoding.acts_on == "positions":
        return "positions are assigned by counting; no vector is computed"
    if encoding.acts_on == "content-score" and form in ("matrix", "elementwise"):
        return "its terms join a query with a key: there is no map of one vector to write down"
    if form == "complex" and not encoding.turns:
        return "nothing turns, so there is no phase to multiply with"
    if form == "rotate-half" and encoding.acts_on != "query-key":
        return f"acts on {encoding.acts_on}: no vector is rotated"
    if form == "rotate-half" and not (encoding.turns and encoding.width == 2):
        return "no pair of coordinates is rotated"
    return None
