"""The equations, by subject; a file put here is part of the suite. In each, `encoding` is what claims to be one."""
