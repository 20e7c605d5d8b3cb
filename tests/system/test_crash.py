"""kill -9 under load, restart, and every acknowledged write is there: once, and whole.

CARTWHEEL_CRASH_CYCLES says how often (24), CARTWHEEL_CRASH_SEED repeats a run's choices, not its timing.
"""
import os
import random
import subprocess
import threading

import pytest

from server import DEADLINE_SECONDS, binary, wait_until
from shared_cart import SharedCart
from shoppers import BROKEN_OFF, Shopper

CYCLES = int(os.environ.get("CARTWHEEL_CRASH_CYCLES", "24"))
SEED = int(os.environ.get("CARTWHEEL_CRASH_SEED", random.SystemRandom().randrange(1 << 32)))
SHOPPERS = 8


class Load:
    """All shoppers at once, a thread each, until the server is killed under them."""

    def __init__(self, shoppers):
        self._lock = threading.Lock()
        self._answers = 0
        self._failures = []
        self._killing = threading.Event()
        self._threads = [threading.Thread(target=self._shop, args=(shopper,)) for shopper in shoppers]
        for thread in self._threads:
            thread.start()

    def _shop(self, shopper):
        try:
            while True:
                shopper.step()
                with self._lock:
                    self._answers += 1
        except BROKEN_OFF as error:
            if not self._killing.is_set():
                self._fail(error)
        except BaseException as error:
            self._fail(error)

    def _fail(self, error):
        with self._lock:
            self._failures.append(error)

    def kill_after(self, answers, server):
        wait_until(lambda: self._answers >= answers or self._failures, f"{answers} answers")
        self._killing.set()
        server.kill()
        for thread in self._threads:
            thread.join(DEADLINE_SECONDS)
            assert not thread.is_alive(), "a request to a dead server did not break off"
        if self._failures:
            raise self._failures[0]
        return self._answers


def kill_while_it_recovers(server):
    """Starts it on the same folder and kills it as soon as it has taken that, before or while the log is read."""
    lock = server.folder / "data" / "lock"
    process = subprocess.Popen([binary(), "serve", "--listen", "127.0.0.1:0", "--data", str(server.folder / "data")],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=server.folder)
    try:
        wait_until(lambda: lock.read_text().strip() == str(process.pid) or process.poll() is not None, "the folder to be taken")
        assert process.poll() is None, f"ended with {process.returncode} instead of starting"
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def shoppers(start):
    made = []

    def make(server, count):
        made.extend(Shopper(server, f"{SEED} {number}") for number in range(count))
        return made

    yield make
    for shopper in made:
        shopper.close()


def test_what_was_acknowledged_survives_kill(start, shoppers):
    print(f"{CYCLES} cycles, CARTWHEEL_CRASH_SEED={SEED}")
    choose = random.Random(SEED)
    # Small buffers, so that kills also hit flushes and merges.
    server = start("--write-buffer", "1MiB", "--cache", "8MiB")
    crowd = shoppers(server, SHOPPERS)
    answers = kept = 0
    for cycle in range(CYCLES):
        answers += Load(crowd).kill_after(choose.choice([1, 100, choose.randint(500, 5000), choose.randint(500, 5000)]), server)
        if cycle % 4 == 3:
            kill_while_it_recovers(server)
        server.start()
        for shopper in crowd:
            shopper.check()
    orders = sum(len(user.orders) for shopper in crowd for user in shopper.users)
    kept = sum(len(user.answered) for shopper in crowd for user in shopper.users)
    print(f"{answers} answers, {orders} orders and {kept} kept answers survived")
    assert orders > CYCLES and kept > CYCLES, "hardly anything was done, so hardly anything was tested"


def test_a_cart_that_many_fill_at_once_survives_kill(start):
    choose = random.Random(SEED)
    server = start("--write-buffer", "1MiB", "--cache", "8MiB")
    cart = SharedCart(server, SEED)
    try:
        for _ in range(max(1, CYCLES // 3)):
            Load(cart.visitors).kill_after(choose.randint(50, 2000), server)
            server.start()
            cart.check()
    finally:
        cart.close()


def test_the_check_notices_a_log_that_lost_its_end(start, shoppers):
    """That the test above can fail: the same check on a server whose log was cut behind its back."""
    server = start()
    crowd = shoppers(server, 2)
    Load(crowd).kill_after(300, server)
    logs = sorted((server.folder / "data" / "rocks").glob("*.log"))
    with open(logs[-1], "r+b") as log:
        log.truncate(log.seek(0, os.SEEK_END) // 2)
    # A cut between two records is no damage that the engine could see, so it starts.
    server.start()
    with pytest.raises(AssertionError):
        for shopper in crowd:
            shopper.check()
