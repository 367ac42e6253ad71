"""What a check sees: code that answers, and beside it the truth."""
