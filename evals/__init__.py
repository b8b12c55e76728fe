"""How good is it: gold questions, metrics, statistics, reports."""
