"""Clients of GET /changes who follow through everything that is done to nodes and processes, and come back with the last id they had."""
import threading
import time

from changes import Fold, Stream

# Changes wait in a cluster for those of slower processes (change_delay), and a sweep may have to deliver some of them first.
ARRIVAL_SECONDS = 120.0
RETRY_SECONDS = 0.2
LOOK_SECONDS = 0.5


class Following:
    """One client of one process, on a thread of its own; to be used in a `with`."""

    def __init__(self, server):
        self._server = server
        self._stopped = threading.Event()
        self._events = {}  # by id; a repeat is not kept
        self._problem = None
        self.came_back = 0
        # Before anything is written, so that nothing is before it.
        with Stream(server, "after=now") as stream:
            self._cursor = stream.begun().cursor
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stopped.set()

    def _run(self):
        while not self._stopped.is_set():
            try:
                with Stream(self._server, last_id=self._cursor) as stream:
                    assert stream.status in (200, 503), f"{stream.status}: {stream.detail}"
                    while stream.status == 200 and not self._stopped.is_set():
                        for event in stream.take(1):
                            self._events.setdefault(event.id, event)
                        self._cursor = stream.cursor
            except OSError:
                pass  # the process or the connection is gone: again
            except AssertionError as problem:
                # Quiet for long, or ended by the process that was asked to stop: again.
                if not str(problem).startswith(("waited in vain", "the stream ended")):
                    self._problem = problem
                    return
            self.came_back += 1
            self._stopped.wait(RETRY_SECONDS)

    def told(self, names):
        """What the events about these users add up to: a Fold."""
        assert self._problem is None, self._problem
        return Fold(event for event in list(self._events.values()) if event.row.get("user_id") in names)

    def wait_for(self, users, told):
        """Until it has heard all that became of these users; `told` says what that is."""
        names = {user.name for user in users}

        def lacking():
            fold = self.told(names)
            return [user.name for user in users if (fold.cart(user.name), set(fold.user_orders.get(user.name, {})))
                    != (told(user).cart, set(told(user).orders))]

        end = time.monotonic() + ARRIVAL_SECONDS
        while left := lacking():
            assert time.monotonic() < end, f"a follower waited in vain for all changes of {left[:5]}, {len(left)} in all"
            self._stopped.wait(LOOK_SECONDS)
