"""Runs the program to its end: exit code, what it printed, what it complained about."""
import os
import subprocess

from server import DEADLINE_SECONDS, binary


def run(*arguments, cwd, environment=None, **options):
    """A CompletedProcess with text. No CARTWHEEL_ variable but those of `environment` is set."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CARTWHEEL_")}
    return subprocess.run([binary(), *map(str, arguments)], cwd=cwd, env=clean | (environment or {}), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=DEADLINE_SECONDS, **options)


def complaint(result, code):
    """The one line on standard error with which it ended with `code`."""
    assert result.returncode == code, f"ended with {result.returncode}, expected {code}: {result.stdout}{result.stderr}"
    lines = result.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("cartwheel: "), f"not one line: {result.stderr!r}"
    return lines[0]
