"""Papers drawn from a seed, with the labels their pages print."""
