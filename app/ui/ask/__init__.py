"""The Ask view: question, filters, cards, the page beside them."""
