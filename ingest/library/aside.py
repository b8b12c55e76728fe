"""What something is called that makes room for another of its kind: a library, a backup, a folder of files."""

from __future__ import annotations

import secrets
import time


def stamp(between: str = "-") -> str:
    """Return the present second (local time) and four random digits: `20261128-153012-0a1f`, no two alike."""
    return time.strftime(f"%Y%m%d{between}%H%M%S") + between + secrets.token_hex(2)


def before(name: str, between: str = "-", joint: str = ".", most: int = 200) -> str:
    """Return the name of something that gets out of use; what it was called is cut to keep to `most` characters."""
    ending = f"{joint}before{between}{stamp(between)}"
    return name[: most - len(ending)] + ending
