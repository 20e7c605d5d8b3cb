"""A session of the independent Python driver with a Cluster's nodes, to look at what the service has written.

    with driver.session(cluster) as session:
        session.execute("SELECT ...")

The driver is in build/cluster/python, which this module makes importable.
"""
import contextlib
import sys

from cassandra_settings import CQL_PORT, ROOT, SUPERUSER, SUPERUSER_PASSWORD

_PACKAGES = ROOT / "build" / "cluster" / "python" / "lib" / "python3.11" / "site-packages"
# After a fault a node may need some seconds.
REQUEST_SECONDS = 20.0


@contextlib.contextmanager
def session(cluster, nodes=None, user=SUPERUSER, password=SUPERUSER_PASSWORD, keyspace=None):
    """With all nodes, or with `nodes` alone. Writes and reads at QUORUM."""
    driver = _driver()
    policies, query = driver.policies, driver.query
    addresses = [node.address for node in (nodes or cluster.nodes)]
    profile = driver.cluster.ExecutionProfile(
        load_balancing_policy=policies.WhiteListRoundRobinPolicy(addresses), consistency_level=driver.ConsistencyLevel.QUORUM,
        serial_consistency_level=driver.ConsistencyLevel.SERIAL, request_timeout=REQUEST_SECONDS, row_factory=query.named_tuple_factory)
    options = {"ssl_context": tls} if (tls := cluster.client_tls()) else {}
    if cluster.settings.auth:
        options["auth_provider"] = driver.auth.PlainTextAuthProvider(user, password)
    connection = driver.cluster.Cluster(
        addresses, port=CQL_PORT, protocol_version=4, execution_profiles={driver.cluster.EXEC_PROFILE_DEFAULT: profile},
        connect_timeout=REQUEST_SECONDS, control_connection_timeout=REQUEST_SECONDS,
        reconnection_policy=policies.ConstantReconnectionPolicy(0.2, max_attempts=None), **options)
    try:
        yield connection.connect(keyspace)
    finally:
        connection.shutdown()


def _driver():
    if not _PACKAGES.is_dir():
        raise RuntimeError("the Python driver is missing; `scripts/install cluster` brings it")
    if str(_PACKAGES) not in sys.path:
        # Last, so that nothing of the distribution is hidden.
        sys.path.append(str(_PACKAGES))
    import cassandra
    import cassandra.auth
    import cassandra.cluster
    import cassandra.policies
    import cassandra.query

    return cassandra
