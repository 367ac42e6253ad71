"""What is true beyond single encodings: theorems with their proofs or exhaustive checks, used by the claims."""
