"""Every claim of the sources that mathematics settles, by document; a file put here is part of the ledger."""
