"""Text to terms, the same for passages and questions."""
