"""kill -9 under load, with followers who are killed as often: the log adds up to the shop, and nobody misses anything of it."""
import os
import random
import threading

from changes import Fold, Stream, whole_log
from client import Client
from server import DEADLINE_SECONDS
from shoppers import BROKEN_OFF, Shopper
from test_crash import Load

CYCLES = int(os.environ.get("CARTWHEEL_CHANGES_CRASH_CYCLES", "6"))
SEED = int(os.environ.get("CARTWHEEL_CRASH_SEED", random.SystemRandom().randrange(1 << 32)))
SHOPPERS = 6
FOLLOWERS = 4


class Follower:
    """Comes back with its last cursor, whoever it was that broke off."""

    def __init__(self, server, seed):
        self._server = server
        self._random = random.Random(seed)
        self._cursor = "0"
        self.ids = []
        self.visits = 0

    def begin(self):
        self._done = threading.Event()
        self._failure = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def end(self):
        self._done.set()
        self._thread.join(DEADLINE_SECONDS)
        assert not self._thread.is_alive()
        if self._failure:
            raise self._failure

    def _run(self):
        try:
            while not self._done.is_set():
                try:
                    self._visit()
                except BROKEN_OFF:
                    pass
        except BaseException as error:
            self._failure = error

    def _visit(self):
        self.visits += 1
        with Stream(self._server, last_id=self._cursor) as stream:
            assert stream.status == 200, stream.detail
            try:
                stream.take(self._random.choice([1, 5, 50, 500]))
            finally:
                self._keep(stream)

    def _keep(self, stream):
        self._cursor = stream.cursor
        self.ids += stream.heard

    def catch_up(self):
        with Stream(self._server, "until=now", last_id=self._cursor) as stream:
            stream.to_end()
            self._keep(stream)


def check(server, crowd):
    """The log is the shop: as its clients remember it, and as it shows itself."""
    log = whole_log(server)
    fold = Fold(log)
    for shopper in crowd:
        for product, price in shopper.products.items():
            found = fold.products.get(product)
            assert (found and found["price"]) == price, f"{product} should cost {price}: {found}"
        for user in shopper.users:
            assert fold.cart(user.name) == user.cart, f"the cart of {user.name}"
            assert fold.user_orders.get(user.name, {}) == user.orders, f"the orders of {user.name}"
    with Client(server) as client:
        for product in random.sample(sorted(fold.products), min(5, len(fold.products))):
            assert client.get(f"/products/{product}").json == fold.products[product]
    return [event.id for event in log]


def test_after_kills_the_log_adds_up_to_the_shop(start):
    print(f"{CYCLES} cycles, CARTWHEEL_CRASH_SEED={SEED}")
    choose = random.Random(SEED)
    server = start("--write-buffer", "1MiB", "--cache", "8MiB", "--changes-retention", "0")
    crowd = [Shopper(server, f"{SEED} {number}") for number in range(SHOPPERS)]
    followers = [Follower(server, SEED + number) for number in range(FOLLOWERS)]
    try:
        for _ in range(CYCLES):
            for follower in followers:
                follower.begin()
            Load(crowd).kill_after(choose.randint(100, 1500), server)
            for follower in followers:
                follower.end()
            server.start()
            for shopper in crowd:
                shopper.check()
            ids = check(server, crowd)
            for follower in followers:
                follower.catch_up()
                assert follower.ids == ids, "a follower missed something, or was told twice"
        print(f"{len(ids)} events, {[follower.visits for follower in followers]} visits")
        assert len(ids) > 50 * CYCLES, "hardly anything happened"
    finally:
        for shopper in crowd:
            shopper.close()
