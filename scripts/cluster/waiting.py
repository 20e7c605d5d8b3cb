"""Waiting for a condition, with a deadline."""
import threading
import time


def wait_until(condition, what, seconds):
    """Asks `condition` again and again until it holds, and gives its value."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while not (value := condition()):
        if time.monotonic() >= end:
            raise RuntimeError(f"waited {seconds:.0f} s in vain for {what}")
        pause.wait(0.05)
    return value
