"""How a document and a place in it are cited."""
