"""What code is asked: cases, made of a few integers and a seed, and the families that they come in."""
