"""Scoring the same retrieval on a BEIR folder."""
