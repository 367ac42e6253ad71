"""Published implementations in bulk, a row of a table each: named with `--impl`, and in no survey."""
