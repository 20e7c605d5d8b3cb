"""Three real Cassandra nodes for all tests, started once. A test that hurts one gets it as `faulty`, and all are whole again after it."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts" / "cluster"))
import driver  # noqa: E402
from cassandra_nodes import Cluster, Settings  # noqa: E402

# A node that is gone is noticed in about twelve seconds instead of twenty.
QUICK_TO_NOTICE = {"phi_convict_threshold": 5}


@pytest.fixture(scope="session")
def nodes():
    """The Cluster, all its nodes up."""
    with Cluster(Settings(nodes=3, more=QUICK_TO_NOTICE)) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def keyspace(nodes):
    """The name of a keyspace on all three nodes."""
    with driver.session(nodes) as session:
        session.execute("CREATE KEYSPACE check_nodes WITH replication = {'class': 'NetworkTopologyStrategy', 'replication_factor': 3}")
    return "check_nodes"


@pytest.fixture
def faulty(nodes):
    """The same Cluster, put right when the test ends."""
    yield nodes
    nodes.mend()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.failed and "nodes" in item.fixturenames and "nodes" in item.funcargs:
        for node in item.funcargs["nodes"].nodes:
            report.sections.append((f"Cassandra node {node.number}", node.last_words()))
    if report.failed and "services" in sys.modules:
        for server in sys.modules["services"].running:
            report.sections.append((f"stderr of {server.url}", server.stderr()[-8000:]))
