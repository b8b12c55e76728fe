"""Embedding models, the embedded one, vectors kept by text."""
