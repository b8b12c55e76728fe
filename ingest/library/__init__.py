"""The library: documents, pages, passages and derived values in one database."""
