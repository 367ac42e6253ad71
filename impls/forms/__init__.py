"""The reference forms, each written independently of the others; a file put here is part of the suite."""
