"""What leaves the product: search objects, tables, briefs, bibliographies."""
