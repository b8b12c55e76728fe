"""The server of the page and of `/api`, and who may ask it."""
