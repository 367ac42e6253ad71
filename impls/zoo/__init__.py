"""Published implementations: what a user of the library gets, and nothing put right.

A module is an adapter, small and light: its library is imported when it is called. A folder is a library of which
every class is a row of a table. A survey looks at the first adapter of each package; `--impl impls.zoo` at everything.
"""
