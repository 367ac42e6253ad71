"""How a statement about a definition is proved or refuted by machine."""
