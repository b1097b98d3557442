#!/usr/bin/env python3
"""confined.py UNIT COMMAND [ARGUMENT...]: run a command with the system calls of a systemd unit.

SystemCallFilter=, SystemCallErrorNumber= and MemoryDenyWriteExecute= of the unit are applied by
libseccomp as systemd applies them, where no systemd runs. A call that is not allowed fails with EPERM,
and the command has to do without it.
"""
import ctypes
import errno
import mmap
import os
import pathlib
import re
import subprocess
import sys

ALLOW = 0x7FFF0000
FORBID = 0x00050000 | errno.EPERM
MASKED_EQ = 7


class Compare(ctypes.Structure):
    """struct scmp_arg_cmp of seccomp.h(3)."""

    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int),
                ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def expand(words):
    """The system calls of sets and names."""
    calls = set()
    for word in words:
        if word.startswith("@"):
            told = subprocess.run(["systemd-analyze", "syscall-filter", word], check=True, text=True,
                                  capture_output=True).stdout.splitlines()
            calls |= expand(line.strip() for line in told[1:] if not line.strip().startswith("#"))
        elif word:
            calls.add(word)
    return calls


def allowed(unit):
    """The calls that the lines of the unit leave."""
    calls = set()
    for line in re.findall(r"^SystemCallFilter=(.*)$", unit, re.MULTILINE):
        if line.startswith("~"):
            calls -= expand(line[1:].split())
        else:
            calls |= expand(line.split())
    return calls


def confine(unit):
    """Apply the filters to this process and all that it starts."""
    if "SystemCallErrorNumber=EPERM" not in unit or "MemoryDenyWriteExecute=yes" not in unit:
        sys.exit("confined.py: the unit has another confinement than this program applies")
    library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    calls = allowed(unit)

    def load(default, rules):
        context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(default)))
        for action, name, compare in rules:
            number = library.seccomp_syscall_resolve_name(name.encode())
            if number >= 0 and library.seccomp_rule_add_array(
                    context, ctypes.c_uint32(action), number, 1 if compare else 0,
                    ctypes.byref(compare) if compare else None):
                sys.exit(f"confined.py: no rule for {name}")
        if library.seccomp_load(context):
            sys.exit("confined.py: the filter cannot be loaded")

    def protection(flags):
        return Compare(2, MASKED_EQ, flags, flags)

    both = protection(mmap.PROT_WRITE | mmap.PROT_EXEC)
    load(ALLOW, [(FORBID, "mmap", both), (FORBID, "mprotect", protection(mmap.PROT_EXEC)),
                 (FORBID, "pkey_mprotect", protection(mmap.PROT_EXEC))])
    load(FORBID, [(ALLOW, name, None) for name in sorted(calls)])


def main():
    """Confine, then become the command."""
    unit = pathlib.Path(sys.argv[1]).read_text()
    confine(unit)
    os.execvp(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
