"""What is checked: one record a property, the run, and `check` for those who do without pytest."""

from properties.runs.run import check, run

__all__ = ["check", "run"]
