"""Title, publisher, year and the rest of a document, each with its source."""
