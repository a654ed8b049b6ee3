"""Runs a program that cannot outlive its parent: ``tether.py PARENT_PID ACCOUNT -- PROGRAM ARG…``.

The server starts its broker through this file, in a fresh interpreter, because the three steps must
come between fork and exec and in this order, and Python code in a forked child of a threaded
program may deadlock:

1. give up root for ACCOUNT ("-": stay who we are); changing the account clears the next step;
2. ask the kernel for SIGKILL at the parent's death (Linux, prctl(2) PR_SET_PDEATHSIG; it survives
   execve, and needs nobody to be alive who would send it);
3. leave at once if the parent died before step 2.

It imports nothing of ours, so it runs isolated (``python -I -S``) from any directory. The working
directory stays as given: the broker's files are opened relative to it, also where ACCOUNT could
not walk the path.
"""

import ctypes
import os
import pwd
import signal
import sys

PR_SET_PDEATHSIG = 1
"""linux/prctl.h"""
PR_SET_NO_NEW_PRIVS = 38
"""linux/prctl.h: nothing this program starts can gain rights again."""
PARENT_GONE = 3
MISUSED = 64
"""sysexits.h EX_USAGE"""


def become(account: str) -> None:
    """Give up root for an account, groups and all.

    Raises:
        KeyError: There is no such account.
        PermissionError: We are not root.
    """
    entry = pwd.getpwnam(account)
    os.initgroups(account, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def die_with_parent() -> None:
    """Be killed by the kernel when the thread that started us ends.

    Raises:
        OSError: The kernel refused.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    for option, value in ((PR_SET_PDEATHSIG, signal.SIGKILL), (PR_SET_NO_NEW_PRIVS, 1)):
        if libc.prctl(option, int(value), 0, 0, 0) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))


def main(arguments: list[str]) -> int:  # noqa: RET503 - execv does not return
    """Tether this process and become the program; returns only when it cannot."""
    try:
        parent, account, dashes, program, *_ = arguments
    except ValueError:
        return MISUSED
    if dashes != "--":
        return MISUSED
    if account != "-":
        become(account)
    die_with_parent()
    if os.getppid() != int(parent):
        return PARENT_GONE
    os.execv(program, arguments[3:])  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
