"""Measures of ranking and refusing, their averages and their significance."""
