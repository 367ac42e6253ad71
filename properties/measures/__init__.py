"""What is measured of code beside its verdicts: how it looks from outside, and what it costs."""
