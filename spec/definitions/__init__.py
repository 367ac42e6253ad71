"""What can be defined, and the letters, verdicts and parts of which definitions are made."""
