"""Judging the pooled passages of a question by hand."""
