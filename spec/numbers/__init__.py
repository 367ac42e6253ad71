"""What a definition amounts to in certified numbers: exact values, ranges, and the errors that rounding makes."""
