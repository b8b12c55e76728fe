"""Reports of a run and of two runs compared: HTML and Markdown."""
