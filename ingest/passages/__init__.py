"""From blocks to passages with exact spans."""
