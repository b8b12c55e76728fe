"""Counted things in messages of the command line, which are English."""


def counted(number: int, one: str, many: str = "") -> str:
    """Return "1 file", "2 files"; `many` where the plural is no "s" at the end."""
    return f"{number} {one if number == 1 else many or one + 's'}"
