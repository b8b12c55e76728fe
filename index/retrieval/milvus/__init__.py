"""Candidates from a Milvus server: the nearest windows and the passages with the best words."""
