"""Builds the documents of the starter corpus from their Markdown sources."""
