"""The Library view: documents, their states, their metadata."""
