"""`cartwheel schema` and `cartwheel doctor` where there are several nodes, and where a node asks who comes."""
import json
import os
import subprocess
import uuid

import pytest

import driver
from cassandra_nodes import Cluster, Settings
from cassandra_settings import ROOT, SUPERUSER, SUPERUSER_PASSWORD

COMMAND_SECONDS = 120
FAILED = 3
ONE_OF_EACH_NODE = 2


def begin(*arguments, cwd, **environment):
    binary = os.environ.get("CARTWHEEL_BIN", ROOT / "build" / "release" / "cartwheel")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CARTWHEEL_")}
    return subprocess.Popen([binary, *map(str, arguments)], cwd=cwd, env=clean | environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


def end(process):
    """(exit code, what it said, its complaints)"""
    said, complaints = process.communicate(timeout=COMMAND_SECONDS)
    return process.returncode, said, complaints


def run(*arguments, cwd, **environment):
    return end(begin(*arguments, cwd=cwd, **environment))


def doctor(*flags, cwd, **environment):
    """{subject: (health, words)} of what the doctor says; the last of each."""
    code, said, complaints = run("doctor", "--json", "--store", "cql", "--listen", "127.0.0.1:0", *flags, cwd=cwd, **environment)
    assert complaints == "" and code in (0, FAILED), (code, said, complaints)
    return {finding["subject"]: (finding["health"], finding["text"]) for finding in json.loads(said)["findings"]}


@pytest.fixture
def name():
    return f"shop_{uuid.uuid4().hex[:12]}"


# ---- three nodes


def test_processes_at_several_nodes_make_one_schema(nodes, name, tmp_path):
    running = [begin("schema", "--host", node.host, "--keyspace", name, cwd=tmp_path) for node in nodes.nodes for _ in range(ONE_OF_EACH_NODE)]
    ended = [end(process) for process in running]
    assert [code for code, _, _ in ended] == [0] * len(running), ended
    assert all(f"Keyspace {name} is ready" in said and "3 nodes" in said for _, said, _ in ended)
    # Each node has the same tables under the same ids, and a row that is written through one is read through the next.
    tables, rows = [], []
    for at, node in enumerate(nodes.nodes):
        with driver.session(nodes, nodes=[node]) as session:
            tables.append({row.table_name: row.id for row in session.execute("SELECT table_name, id FROM system_schema.tables WHERE keyspace_name = %s", [name])})
            session.execute(f"INSERT INTO {name}.cart (user_id, cart_id, is_active) VALUES (%s, uuid(), true)", [f"user{at}"])
            rows.append({row.user_id for row in session.execute(f"SELECT user_id FROM {name}.cart")})
    assert len(tables[0]) == 9 and tables[1] == tables[0] and tables[2] == tables[0]
    assert rows == [{"user0"}, {"user0", "user1"}, {"user0", "user1", "user2"}]


def test_copies_are_three_and_others_when_asked(nodes, name, tmp_path):
    def copies():
        with driver.session(nodes) as session:
            return dict(session.execute("SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = %s", [name]).one().replication)["datacenter1"]

    flags = ["--host", nodes.hosts, "--keyspace", name]
    code, said, _ = run("schema", *flags, cwd=tmp_path)
    assert code == 0 and f"made keyspace {name} with 3 copies of each row in datacenter1" in said and copies() == "3"
    code, said, _ = run("schema", *flags, "--replication", "1", cwd=tmp_path)
    assert code == 0 and "set 1 copy of each row in datacenter1" in said and "nodetool repair" in said and copies() == "1"
    health, words = doctor(*flags, cwd=tmp_path)["replication"]
    assert health == "warn" and "run: cartwheel schema --replication 3" in words
    assert run("schema", *flags, cwd=tmp_path)[0] == 0 and copies() == "1", "changed without being asked"
    assert run("schema", *flags, "--replication", "3", cwd=tmp_path)[0] == 0 and copies() == "3"


def test_the_doctor_finds_three_well_nodes(nodes, name, tmp_path):
    flags = ["--host", nodes.nodes[0].host, "--keyspace", name]
    assert doctor(*flags, cwd=tmp_path)["keyspace"][0] == "FAIL"
    assert run("schema", *flags, cwd=tmp_path)[0] == 0
    found = doctor(*flags, cwd=tmp_path)
    of_cluster = ["cluster", "version", "datacenter", "user", "tls", "keyspace", "replication", "changes", "conditions", "paxos", "commitlog", "clocks"]
    assert list(found)[1:-3] == of_cluster
    assert {subject: found[subject][0] for subject in of_cluster} == dict.fromkeys(of_cluster, "ok"), found
    assert found["clocks"][1].startswith("3 of 3 nodes were asked")


def test_with_one_node_down_the_doctor_says_how_it_is_and_schema_still_works(faulty, name, tmp_path):
    flags = ["--host", faulty.hosts, "--keyspace", name]
    assert run("schema", *flags, cwd=tmp_path)[0] == 0
    faulty.nodes[2].kill()
    found = doctor(*flags, cwd=tmp_path)
    assert found["conditions"][0] == "ok" and found["datacenter"][1] == "datacenter1 (3 nodes)"
    code, said, complaints = run("schema", *flags, cwd=tmp_path)
    assert code == 0 and said.startswith("Nothing was missing."), (said, complaints)


# ---- a node that asks for passwords and certificates


@pytest.fixture(scope="module")
def guarded():
    with Cluster(Settings(auth=True, tls=True, client_certificates=True)) as cluster:
        yield cluster


@pytest.fixture
def certificates(guarded):
    return ["--ca-file", guarded.certificates / "ca.pem", "--certificate-file", guarded.certificates / "client.pem",
            "--key-file", guarded.certificates / "client.key"]


def refusal(*arguments, cwd, **environment):
    """The one line of a command that failed."""
    code, said, complaints = run(*arguments, cwd=cwd, **environment)
    assert code == FAILED and said == "" and len(complaints.splitlines()) == 1, (code, said, complaints)
    return complaints


def test_a_password_comes_from_its_file(guarded, certificates, name, tmp_path):
    file = tmp_path / "password"
    file.touch(mode=0o600)
    file.write_text(f"{SUPERUSER_PASSWORD}\n")
    flags = ["--host", guarded.hosts, "--keyspace", name, "--user", SUPERUSER, "--password-file", file, *certificates]
    code, said, complaints = run("schema", *flags, cwd=tmp_path)
    assert code == 0 and f"Keyspace {name} is ready" in said and complaints == ""
    found = doctor(*flags, cwd=tmp_path)
    assert found["user"][0] == "warn" and "superuser" in found["user"][1]
    assert found["tls"] == ("ok", "what is said with the nodes is encrypted")


def test_a_wrong_password_is_called_so_and_not_shown(guarded, certificates, name, tmp_path):
    line = refusal("schema", "--host", guarded.hosts, "--keyspace", name, "--user", SUPERUSER, *certificates, cwd=tmp_path,
                   CARTWHEEL_CQL_PASSWORD="not-this-one")
    assert f"refuses the user {SUPERUSER}" in line and "not-this-one" not in line
    found = doctor("--host", guarded.hosts, "--user", SUPERUSER, *certificates, cwd=tmp_path, CARTWHEEL_CQL_PASSWORD="not-this-one")
    assert found["cluster"][0] == "FAIL" and "refuses the user" in found["cluster"][1] and "not-this-one" not in str(found)


def test_a_user_is_asked_for(guarded, certificates, name, tmp_path):
    assert "--user" in refusal("schema", "--host", guarded.hosts, "--keyspace", name, *certificates, cwd=tmp_path)


def test_what_a_user_may_not_do_is_said(guarded, certificates, name, tmp_path):
    with driver.session(guarded) as session:
        session.execute(f"CREATE ROLE {name} WITH PASSWORD = 'geheim' AND LOGIN = true")
    line = refusal("schema", "--host", guarded.hosts, "--keyspace", name, "--user", name, *certificates, cwd=tmp_path, CARTWHEEL_CQL_PASSWORD="geheim")
    assert "no CREATE permission" in line and "geheim" not in line


def test_a_node_that_nobody_vouches_for_is_refused(guarded, certificates, name, tmp_path):
    # The client's own certificate vouches for nobody.
    flags = ["--host", guarded.hosts, "--keyspace", name, "--user", SUPERUSER, "--ca-file", guarded.certificates / "client.pem"]
    line = refusal("schema", *flags, cwd=tmp_path, CARTWHEEL_CQL_PASSWORD=SUPERUSER_PASSWORD)
    assert "certificate" in line


def test_a_certificate_that_cannot_be_read_is_named(guarded, name, tmp_path):
    code, _, complaints = run("schema", "--host", guarded.hosts, "--keyspace", name, "--ca-file", "none.pem", cwd=tmp_path)
    assert code != 0 and "none.pem" in complaints and len(complaints.splitlines()) == 1
