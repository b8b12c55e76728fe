"""Word, Excel and PowerPoint files up to 2003, read through LibreOffice where it is installed.

LibreOffice runs as a child of the reading process and inherits its limits of memory and CPU time. It gets a profile of
its own that runs no macros and fetches nothing that a document links to.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from ingest.errors import UnreadableFile
from ingest.readers.child_processes import END_WITH_US
from ingest.readers.limits import Limits

# A conversion must end before the silence of the reading process is taken for a hang.
WALL_SHARE = 0.75
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse">
<value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks"
 oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse">
<value>3</value></prop></item>
</oor:items>
"""


def installed_program() -> str | None:
    """Return the path of LibreOffice, None where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def converted(data: bytes, old: str, new: str, limits: Limits) -> bytes | None:
    """Return an `old` file ("doc") as a `new` one ("docx"), None without LibreOffice.

    Raises: UnreadableFile where LibreOffice cannot read it, or takes too long.
    """
    program = installed_program()
    if program is None:
        return None
    with tempfile.TemporaryDirectory(prefix="pincite-convert-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        (home / "profile" / "user").mkdir(parents=True)
        (home / "profile" / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        (home / f"file.{old}").write_bytes(data)
        command = [
            program,
            f"-env:UserInstallation={(home / 'profile').as_uri()}",
            "--headless",
            "--norestore",
        ]
        _run([*command, "--convert-to", new, "--outdir", folder, str(home / f"file.{old}")], home, limits)
        made = home / f"file.{new}"
        if not made.exists():
            raise UnreadableFile(f"LibreOffice cannot read it: damaged, or no .{old} file")
        return made.read_bytes()


def _run(command: list[str], home: Path, limits: Limits) -> None:
    """Run LibreOffice to its end; it starts others, which are ended with it."""
    environment = {**os.environ, "HOME": str(home), "SAL_USE_VCLPLUGIN": "svp"}
    process = subprocess.Popen(
        command,
        cwd=home,
        env=environment,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=END_WITH_US,  # noqa: PLW1509  # the reader is a process of one purpose
    )
    try:
        process.wait(timeout=WALL_SHARE * limits.wall)
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile("LibreOffice takes too long to read it: save it as DOCX or PDF") from error
    finally:
        if process.poll() is None:
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            process.kill()
            process.wait()
