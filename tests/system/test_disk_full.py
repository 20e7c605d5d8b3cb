"""A full disk: writes are refused with 507, reads go on, and room brings writes back without a restart. Nothing told is lost.

The folder is on a small file system in memory, which only root can mount.
"""
import random
import subprocess
import uuid

import pytest

from client import Client, new_user
from server import wait_until

MIB = 1 << 20
FULL = 507


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a disk of 96 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m,mode=0700", "cartwheel-test", str(folder)], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip() or 'mount failed'}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def shop(small_disk, start):
    server = start("--data", str(small_disk / "data"), "--write-buffer", "2MiB", "--cache", "8MiB")
    yield server
    server.stop()  # before its disk goes


def fill(folder):
    """A file that takes all the room there is; gives its path."""
    ballast = folder / "ballast"
    size = MIB
    with open(ballast, "ab", buffering=0) as file:
        while size:
            try:
                if file.write(bytes(size)) < size:
                    size //= 2
            except OSError:
                size //= 2
    return ballast


class Shopper:
    """Knows what it was told: `done` for 200, `refused` for 507. Any other answer fails."""

    def __init__(self, client):
        self.client = client
        self.product = client.new_product()
        self.done = {}
        self.refused = []

    def put(self):
        user = new_user()
        key = str(uuid.uuid4())
        reply = self.client.post(f"/cart/{user}", {"product_id": self.product, "quantity": 5}, idempotency_key=key)
        assert reply.status in (200, FULL), reply
        if reply.status == 200:
            self.done[user] = key
        else:
            assert reply.detail, reply
            self.refused.append((user, key))
        return reply.status

    def put_until(self, status, what, at_a_time):
        wait_until(lambda: any(self.put() == status for _ in range(at_a_time)), what)

    def check(self):
        for user in self.done:
            assert self.client.cart(user) == {self.product: 5}, f"{user} was told that it is done"
        for user, _ in self.refused[:200] + self.refused[-200:]:
            assert self.client.cart(user) is None, f"{user} was told that it is not done"


def test_a_full_disk_refuses_writes_and_goes_on_reading(shop, small_disk):
    with Client(shop) as client:
        shopper = Shopper(client)
        for _ in range(100):
            assert shopper.put() == 200
        ballast = fill(small_disk)
        shopper.put_until(FULL, "the disk to be full", at_a_time=100)
        for _ in range(20):
            shopper.put()
        shopper.check()
        client.expect(200, "GET", "/products?limit=10")
        client.expect(200, "GET", "/health/live")
        for method, path, body in [("PUT", f"/products/{shopper.product}", {"id": shopper.product, "name": "x", "price": 1, "img": "x"}),
                                   ("DELETE", f"/products/{shopper.product}", None),
                                   ("POST", f"/cart/{next(iter(shopper.done))}/checkout", None)]:
            assert client.request(method, path, body).status == FULL, f"{method} {path}"
        shopper.check()

        ballast.unlink()
        shopper.put_until(200, "writes to be done again", at_a_time=1)
        for _ in range(50):
            assert shopper.put() == 200
        # Asked again with the same key, now that there is room, it is done.
        user, key = shopper.refused.pop()
        client.expect(200, "POST", f"/cart/{user}", {"product_id": shopper.product, "quantity": 5}, {"idempotency-key": key})
        shopper.done[user] = key
        shopper.check()
    shop.kill()
    shop.start()
    with Client(shop) as client:
        shopper.client = client
        shopper.check()


def test_a_server_killed_on_a_full_disk_has_what_it_told(shop, small_disk):
    with Client(shop) as client:
        shopper = Shopper(client)
        for _ in range(100):
            assert shopper.put() == 200
        ballast = fill(small_disk)
        shopper.put_until(FULL, "the disk to be full", at_a_time=100)
        shop.kill()
        ballast.unlink()
    shop.start()
    with Client(shop) as client:
        shopper.client = client
        shopper.check()
        assert shopper.put() == 200


def test_a_disk_that_its_own_data_fill_refuses_writes_and_goes_on_reading(shop, small_disk):
    """Buffers are flushed and files merged while the last room goes, so it runs out in other places than the log."""
    ballast = fill(small_disk)
    with open(ballast, "r+b") as file:
        file.truncate(ballast.stat().st_size - 12 * MIB)
    told, refused = {}, []
    choose = random.Random(1)
    with Client(shop) as client:

        def upload():
            # Noise, as what repeats itself would be compressed.
            product = {"id": str(uuid.uuid4()), "name": choose.randbytes(100).hex(), "price": 1, "img": choose.randbytes(900).hex()}
            reply = client.post("/products", product)
            assert reply.status in (200, FULL), reply
            if reply.status == 200:
                told[product["id"]] = product["img"]
            else:
                refused.append(product["id"])
            return reply.status

        def check():
            for product, img in told.items():
                assert client.expect(200, "GET", f"/products/{product}").json["img"] == img
            for product in refused[:200] + refused[-200:]:
                client.expect(404, "GET", f"/products/{product}")

        wait_until(lambda: any(upload() == FULL for _ in range(100)), "the disk to be full")
        assert len(told) > 100
        check()
        ballast.unlink()
        wait_until(lambda: upload() == 200, "writes to be done again")
        check()
        shop.kill()
        shop.start()
        client.close()
        check()
