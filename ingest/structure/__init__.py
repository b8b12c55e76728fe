"""What lines form: paragraphs, headings, tables, notes, contents."""
