"""Generations of the index on the disk, published atomically."""
