"""The vendors' surfaces: the only code that words their answers. No vendor imports another."""
