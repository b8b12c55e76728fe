"""The web page: one module a view, `shell` around them."""
