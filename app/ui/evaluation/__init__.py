"""The Evaluation view: runs, their figures, two compared."""
