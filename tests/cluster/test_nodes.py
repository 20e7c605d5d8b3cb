"""The nodes themselves: that they form a cluster, and that each fault is the fault it is called."""
import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import uuid

import pytest

import driver
import isolation
import native_protocol
from cassandra_nodes import Cluster, Settings
from cassandra_settings import CQL_PORT, ROOT, SUPERUSER
from waiting import wait_until

# What a client waits for in vain at a node that does not answer.
SILENCE_SECONDS = 1.0
DEADLINE_SECONDS = 60.0


@pytest.fixture(scope="module")
def table(nodes, keyspace):
    with driver.session(nodes, keyspace=keyspace) as session:
        session.execute("CREATE TABLE notes (id uuid PRIMARY KEY, text text)")
    return f"{keyspace}.notes"


def write(nodes, table, text, through=None):
    note = uuid.uuid4()
    with driver.session(nodes, nodes=through and [through]) as session:
        session.execute(f"INSERT INTO {table} (id, text) VALUES (%s, %s)", (note, text))
    return note


def read(nodes, table, note, through):
    with driver.session(nodes, nodes=[through]) as session:
        row = session.execute(f"SELECT text FROM {table} WHERE id = %s", (note,)).one()
        return row and row.text


def is_silent(node):
    """Nothing comes back, not even a refusal."""
    try:
        with native_protocol.Connection(node.address, CQL_PORT, None, SILENCE_SECONDS) as connection:
            connection.supported()
        return False
    except TimeoutError:
        return True


def test_a_client_sees_three_nodes(nodes):
    with driver.session(nodes, nodes=nodes.nodes[:1]) as session:
        peers = {row.peer for row in session.execute("SELECT peer FROM system.peers")}
        assert peers == {node.address for node in nodes.nodes[1:]}
        assert session.execute("SELECT release_version FROM system.local").one().release_version.startswith("5.0.")


def test_what_was_acknowledged_survives_that_all_nodes_are_killed_at_once(faulty, table):
    note = write(faulty, table, "kept")
    for node in faulty.nodes:
        node.kill()
    assert not any(node.answers() for node in faulty.nodes)
    faulty.start()
    assert [read(faulty, table, note, through=node) for node in faulty.nodes] == ["kept"] * 3


def test_two_of_three_nodes_do_without_the_third(faulty, table):
    faulty.nodes[1].kill()
    note = write(faulty, table, "by two", through=faulty.nodes[0])
    faulty.nodes[1].restart()
    assert read(faulty, table, note, through=faulty.nodes[1]) == "by two"


def test_a_paused_node_is_silent_and_goes_on_where_it_was(faulty):
    node = faulty.nodes[2]
    pid = node.pid()
    node.pause()
    assert node.is_paused() and is_silent(node)
    node.resume()
    wait_until(node.answers, "a resumed node to answer", DEADLINE_SECONDS)
    assert node.pid() == pid and not node.is_paused()


@pytest.mark.skipif(isolation.why_unavailable() is not None, reason=str(isolation.why_unavailable()))
def test_an_isolated_node_is_silent_to_all_and_comes_back(faulty, table):
    node, others = faulty.nodes[2], faulty.nodes[:2]
    node.isolate()
    assert node.is_isolated() and is_silent(node)
    for other in others:
        other.wait_until_misses([node])
    # In both directions: it has lost the others too.
    node.wait_until_misses(others)
    note = write(faulty, table, "by the majority", through=others[0])

    node.heal()
    faulty.wait_until_whole()
    assert read(faulty, table, note, through=node) == "by the majority"


def test_a_wrong_password_is_refused_and_so_is_a_connection_without_tls():
    with Cluster(Settings(auth=True, tls=True, client_certificates=True)) as guarded:
        node = guarded.nodes[0]
        with native_protocol.Connection(node.address, CQL_PORT, guarded.client_tls()) as connection:
            with pytest.raises(native_protocol.Refused, match="0x0100"):
                connection.log_in(SUPERUSER, "wrong")
        with driver.session(guarded) as session:
            assert {row.role for row in session.execute("LIST ROLES")} == {SUPERUSER}
        with pytest.raises(OSError), native_protocol.Connection(node.address, CQL_PORT, None, DEADLINE_SECONDS) as connection:
            connection.supported()
        without_certificate = native_protocol.trusting(guarded.certificates / "ca.pem")
        with pytest.raises(OSError), native_protocol.Connection(node.address, CQL_PORT, without_certificate) as connection:
            connection.supported()


def test_run_gives_the_command_its_nodes_and_stops_them_when_it_ends(tmp_path):
    program = "import os, socket, sys; host, port = os.environ['CARTWHEEL_TEST_CQL_HOSTS'].split(':');" \
              "socket.create_connection((host, int(port))).close(); print(host); sys.exit(7)"
    result = subprocess.run([ROOT / "scripts" / "cassandra", "run", "--", sys.executable, "-c", program], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, text=True, env=os.environ | {"TMPDIR": str(tmp_path)}, timeout=300)
    assert result.returncode == 7
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((result.stdout.strip(), CQL_PORT), DEADLINE_SECONDS)
    assert list(tmp_path.glob("cartwheel-*")) == []


def test_nodes_die_with_the_process_that_started_them(tmp_path):
    program = "import sys; sys.path.insert(0, sys.argv[1]); from cassandra_nodes import Cluster\n" \
              "with Cluster() as cluster: print(cluster.nodes[0].pid(), flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", program, ROOT / "scripts" / "cluster"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True, env=os.environ | {"TMPDIR": str(tmp_path)}) as parent:
        pid = int(parent.stdout.readline())
        assert b"CassandraDaemon" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
        parent.kill()
    wait_until(lambda: not is_cassandra(pid), "the node to die with its parent", DEADLINE_SECONDS)


def is_cassandra(pid):
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return b"CassandraDaemon" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    return False
