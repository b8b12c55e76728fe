"""From a file to exactly cited passages, kept in the library."""
