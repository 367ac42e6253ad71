"""The rotation of the plane."""

import sympy


def rotation(angle: sympy.Expr) -> sympy.ImmutableMatrix:
    """The counter-clockwise rotation of the plane by an angle in radians."""
    return sympy.ImmutableMatrix(
        [[sympy.cos(angle), -sympy.sin(angle)], [sympy.sin(angle), sympy.cos(angle)]],
    )
