"""The database of the tests that run on the store cql: the node that CARTWHEEL_TEST_CQL_HOSTS names, as `scripts/cassandra run` sets it,
keyspaces on it, and looks into them with clients that know nothing of Cartwheel.
"""
import os
import pathlib
import subprocess
import sys
import types
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "scripts" / "cluster"))
CQLSH = ROOT / "build" / "cluster" / "python" / "bin" / "cqlsh"
COMMAND_SECONDS = 120


def hosts():
    found = os.environ.get("CARTWHEEL_TEST_CQL_HOSTS")
    assert found, "no database: run this by `make test-cql`, or by `scripts/cassandra run -- pytest ...`"
    return found.split(",")


def flags():
    """What tells a command of Cartwheel's where the database is."""
    return [flag for host in hosts() for flag in ("--host", host)]


def run_schema(program, cluster, name):
    """Cartwheel's own command that makes a keyspace, run to its end. `cluster`: flags that say where."""
    clean = {variable: value for variable, value in os.environ.items() if not variable.startswith("CARTWHEEL_")}
    return subprocess.run([program, "schema", "--keyspace", name, *cluster], env=clean, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=COMMAND_SECONDS)


def new_keyspace(program, cluster, name=None):
    """Gives its name: a fresh one unless told one."""
    name = name or f"shop_{uuid.uuid4().hex[:12]}"
    made = run_schema(program, cluster, name)
    assert made.returncode == 0, f"cartwheel schema ended with {made.returncode}: {made.stdout}"
    return name


def drop_keyspace(name):
    with session() as connection:
        connection.execute(f"DROP KEYSPACE IF EXISTS {name}")


def session(keyspace=None):
    """A context with a session of the Python driver; rows are named tuples, in which cdc$time is cdc_time."""
    import driver
    from cassandra_settings import Settings

    nodes = [types.SimpleNamespace(address=host.partition(":")[0]) for host in hosts()]
    return driver.session(types.SimpleNamespace(nodes=nodes, settings=Settings(), client_tls=lambda: None), keyspace=keyspace)


def cqlsh(statement, cwd):
    """What the real cqlsh prints for a statement."""
    host, _, port = hosts()[0].partition(":")
    said = subprocess.run([CQLSH, host, port, "--no-color", "-e", statement], cwd=cwd, env=os.environ | {"HOME": str(cwd)}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=COMMAND_SECONDS)
    assert said.returncode == 0, f"cqlsh ended with {said.returncode}: {said.stdout}"
    return said.stdout
