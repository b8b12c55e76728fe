"""The desk on the page: questions compared over documents, a draft checked, one document read through."""
