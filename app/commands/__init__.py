"""The commands of `pincite`, grouped by what they are for."""
