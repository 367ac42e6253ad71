"""Published implementations, one small adapter each: what a user of the library gets, and nothing put right."""
