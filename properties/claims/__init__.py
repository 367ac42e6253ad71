"""Every claim of the sources about code: the snippets are settled by what they do."""
