"""PDF: pdfium for text and shapes, pypdf for structure and a second reading."""
