"""How fast texts are understood, beside a parsing pipeline."""
