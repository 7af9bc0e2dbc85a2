"""Who and where: the machine and person a session belongs to."""

from __future__ import annotations

import os
import platform
import socket
import sys
from typing import NamedTuple


class Machine(NamedTuple):
    """What a session says of its surroundings."""

    login: str
    host: str
    pid: int
    python: str
    platform: str


def this_machine() -> Machine:
    """Return the facts of this process; a name that cannot be had is an empty text."""
    return Machine(
        login=login_name(),
        host=socket.gethostname(),
        pid=os.getpid(),
        python=platform.python_version(),
        platform=f"{sys.platform} {platform.machine()}",
    )


def login_name() -> str:
    """Return who is working: JupyterHub's user, or the login name."""
    for name in ("JUPYTERHUB_USER", "LOGNAME", "USER", "LNAME", "USERNAME"):
        if os.environ.get(name):
            return os.environ[name]
    if hasattr(os, "getuid"):
        import pwd

        try:
            return pwd.getpwuid(os.getuid()).pw_name
        except KeyError:
            return str(os.getuid())
    return ""
