"""Data folders with something in them, for tests that break them."""
import random
import uuid

from client import Client, new_user
from server import wait_until


def rocks_files(server, pattern):
    files = sorted((server.folder / "data" / "rocks").glob(pattern))
    assert files, f"no {pattern} to break"
    return files


def use_and_stop(start):
    """A stopped server whose folder has tables, a log and all the rest; `user` had 3 of `product` in the cart."""
    server = start("--write-buffer", "1MiB")
    with Client(server) as client:
        server.user, server.product = new_user(), client.new_product()
        client.put_in_cart(server.user, server.product, 3)

    # A table that is being written when the server stops is gone afterwards, so it is looked for then.
    def has_tables():
        with Client(server) as client:
            client.expect(200, "POST", "/products/import", _catalogue(4000), {"content-type": "text/csv"})
        server.stop()
        found = list((server.folder / "data" / "rocks").glob("*.sst"))
        return found or not server.start()

    wait_until(has_tables, "the first table")
    return server


def _catalogue(size):
    """CSV, with noise in it, which cannot be made small."""
    choose = random.Random(size)
    return "id,img,name,price\n" + "".join(f"{uuid.uuid4()},https://example.com/i,{choose.randbytes(300).hex()},1\n" for _ in range(size))
