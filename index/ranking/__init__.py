"""From candidates to a ranking, its judgement and its hits."""
