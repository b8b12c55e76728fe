"""The query language, filters and what they allow."""
