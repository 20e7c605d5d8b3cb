"""A shop on the nodes: a keyspace with three copies of everything, and service processes on it.

The processes are the released binary, as tests/system runs it; who makes them here stops them at the end. `running` are those there
are, whose standard error conftest.py shows when a test fails.
"""
import contextlib
import pathlib
import sys
import types

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import database  # noqa: E402
import driver  # noqa: E402
from cart_client import PRICE  # noqa: E402
from client import Client  # noqa: E402
from server import Server, binary, wait_until  # noqa: E402

COPIES = 3
running = []


@contextlib.contextmanager
def shop(nodes, folder, *flags, processes=2):
    """With `nodes`, `servers`, `products` (of cart_load's PRICE) and `keyspace`."""
    wait_until(lambda: all(knows_all_others(nodes, node) for node in nodes.nodes), "each node to have the others in its tables")
    keyspace = database.new_keyspace(binary(), [*cluster_flags(nodes), "--replication", str(COPIES)])
    with pair(nodes, folder, keyspace, *flags) as servers:
        with Client(servers[0]) as client:
            products = [client.new_product(f"Tea {number}", str(PRICE)) for number in range(3)]
        yield types.SimpleNamespace(nodes=nodes, servers=servers, products=products, keyspace=keyspace)


@contextlib.contextmanager
def pair(nodes, folder, keyspace, *flags):
    """Two processes on a keyspace."""
    servers = [Server(folder / f"process{number}", *flags, store="cql", keyspace=keyspace, cluster=cluster_flags(nodes)) for number in range(2)]
    with contextlib.ExitStack() as stack:
        for server in servers:
            running.append(server)
            stack.callback(running.remove, server)
            stack.callback(server.abandon)
            server.start()
        yield servers
        for server in servers:
            server.stop()


def cluster_flags(nodes):
    return [flag for node in nodes.nodes for flag in ("--host", node.host)]


def knows_all_others(nodes, node):
    """A node that sees another up has it in its table of peers a moment later."""
    with driver.session(nodes, nodes=[node]) as session:
        return len(list(session.execute("SELECT peer FROM system.peers"))) == len(nodes.nodes) - 1


def is_ready(server):
    with Client(server) as client:
        return client.get("/health/ready").status == 200
