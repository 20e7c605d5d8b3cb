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
    choose = random.Random(1)
    with Client(server) as client:
        # Noise, which cannot be made small, until the buffer is full and a table is written of it.
        def has_tables():
            rows = "".join(f"{uuid.uuid4()},https://example.com/i,{choose.randbytes(300).hex()},1\n" for _ in range(500))
            client.expect(200, "POST", "/products/import", "id,img,name,price\n" + rows, {"content-type": "text/csv"})
            return list((server.folder / "data" / "rocks").glob("*.sst"))

        wait_until(has_tables, "the first table")
        server.user, server.product = new_user(), client.new_product()
        client.put_in_cart(server.user, server.product, 3)
    server.stop()
    return server
