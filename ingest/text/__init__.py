"""Text without its page: sentences, language, folding, what may be shown."""
