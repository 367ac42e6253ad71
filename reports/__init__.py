"""What is told: a run's results as JSON, terminal text, Markdown, HTML and a badge.

Everything shown anywhere is a pure function of `report.json.gz`.
"""
