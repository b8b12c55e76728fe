"""The desk: a draft checked against the library, evidence tables, two texts compared. Nothing is generated."""
