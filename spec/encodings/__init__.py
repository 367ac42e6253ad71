"""One file an encoding; each names it `ENCODING`. A file put here is part of the suite."""
