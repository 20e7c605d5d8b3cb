"""What a node is told: the settings of a cluster, and the cassandra.yaml and the command line that follow from them."""
import dataclasses
import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
JARS = ROOT / "build" / "cluster" / "jars"
CQL_PORT = 9042
STORAGE_PORT = 7000
# What Cassandra makes at its first start when it asks for passwords.
SUPERUSER = "cassandra"
SUPERUSER_PASSWORD = "cassandra"

_EXPORTS = """
java.base/jdk.internal.misc java.management.rmi/com.sun.jmx.remote.internal.rmi java.management/com.sun.jmx.remote.security
java.rmi/sun.rmi.registry java.rmi/sun.rmi.server java.sql/java.sql java.base/java.lang.ref jdk.unsupported/sun.misc
jdk.attach/sun.tools.attach jdk.compiler/com.sun.tools.javac.file
""".split()
_OPENS = """
java.base/java.lang.module java.base/jdk.internal.loader java.base/jdk.internal.ref java.base/jdk.internal.reflect
java.base/jdk.internal.math java.base/jdk.internal.module java.base/jdk.internal.util.jar java.base/sun.nio.ch java.base/java.io
java.base/java.lang.reflect java.base/java.lang java.base/java.util java.base/java.nio jdk.management/com.sun.management.internal
""".split()

_LOGBACK = """<configuration>
  <appender name="file" class="ch.qos.logback.core.FileAppender">
    <file>{file}</file>
    <encoder><pattern>%d{{HH:mm:ss.SSS}} %-5level %logger{{0}} - %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="file"/></root>
</configuration>
"""


@dataclasses.dataclass(frozen=True)
class Settings:
    nodes: int = 1
    # Of the first node; the others have the next ones. None takes a block of loopback addresses that nobody uses.
    address: str | None = None
    heap_mb: int = 768
    # With passwords: the user SUPERUSER.
    auth: bool = False
    tls: bool = False
    # With TLS: clients too have to show a certificate.
    client_certificates: bool = False
    paxos: str = "v2"
    tokens_per_node: int = 1
    # Cassandra's own are 5, 2 and 1.8 seconds; short ones keep tests of faults short.
    read_timeout_ms: int = 2000
    write_timeout_ms: int = 2000
    cas_contention_timeout_ms: int = 1000
    truncate_timeout_ms: int = 20000
    # False: starts sooner, and computes slower afterwards.
    optimise: bool = False
    # Further keys of cassandra.yaml, over all others.
    more: dict = dataclasses.field(default_factory=dict)


def tokens(settings, index):
    """The ring cut into equal pieces, dealt out to the nodes by turns."""
    count = settings.nodes * settings.tokens_per_node
    return [-(2**63) + (2**64 * piece) // count for piece in range(index, count, settings.nodes)]


def write_configuration(settings, folder, certificates, addresses, index):
    """cassandra.yaml and logback.xml in the node's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tmp").mkdir(exist_ok=True)
    # JSON is YAML too.
    (folder / "cassandra.yaml").write_text(json.dumps(_configuration(settings, folder, certificates, addresses, index), indent=2) + "\n")
    (folder / "logback.xml").write_text(_LOGBACK.format(file=folder / "system.log"))


def _configuration(settings, folder, certificates, addresses, index):
    values = {
        "cluster_name": "cartwheel",
        "partitioner": "org.apache.cassandra.dht.Murmur3Partitioner",
        "endpoint_snitch": "SimpleSnitch",
        "num_tokens": settings.tokens_per_node,
        "initial_token": ",".join(map(str, tokens(settings, index))),
        # A new cluster has nothing to stream.
        "auto_bootstrap": False,
        "listen_address": addresses[index],
        "rpc_address": addresses[index],
        "storage_port": STORAGE_PORT,
        "ssl_storage_port": STORAGE_PORT + 1,
        "native_transport_port": CQL_PORT,
        "seed_provider": [{"class_name": "org.apache.cassandra.locator.SimpleSeedProvider",
                           "parameters": [{"seeds": ",".join(addresses)}]}],
        "data_file_directories": [str(folder / "data")],
        "commitlog_directory": str(folder / "commitlog"),
        "saved_caches_directory": str(folder / "saved_caches"),
        "hints_directory": str(folder / "hints"),
        "cdc_raw_directory": str(folder / "cdc_raw"),
        # What is acknowledged is on disk; `periodic` would lose up to ten seconds of it.
        "commitlog_sync": "batch",
        "auto_snapshot": False,
        "memtable_allocation_type": "heap_buffers",
        "paxos_variant": settings.paxos,
        "read_request_timeout": f"{settings.read_timeout_ms}ms",
        "write_request_timeout": f"{settings.write_timeout_ms}ms",
        "cas_contention_timeout": f"{settings.cas_contention_timeout_ms}ms",
        "truncate_request_timeout": f"{settings.truncate_timeout_ms}ms",
    }
    if settings.auth:
        values |= {"authenticator": "PasswordAuthenticator", "authorizer": "CassandraAuthorizer", "role_manager": "CassandraRoleManager"}
    if settings.tls:
        values["client_encryption_options"] = {
            "enabled": True,
            "optional": False,
            "require_client_auth": settings.client_certificates,
            "ssl_context_factory": {"class_name": "org.apache.cassandra.security.PEMBasedSslContextFactory"},
            "keystore": str(certificates / f"node{index + 1}.pem"),
            "truststore": str(certificates / "ca.pem"),
        }
    return values | settings.more


def command(settings, java, folder):
    if not JARS.is_dir():
        raise RuntimeError("Cassandra's jars are missing; `scripts/install cluster` brings them")
    if settings.optimise:
        machine = [f"-Xms{settings.heap_mb}M"]
    else:
        # Cassandra locks what it has at its start in memory, so it starts with little.
        machine = [f"-Xms{min(settings.heap_mb, 256)}M", "-XX:TieredStopAtLevel=1"]
    machine += [f"-Xmx{settings.heap_mb}M", "-XX:MaxDirectMemorySize=256M", "-XX:+UseG1GC", "-Xss512k",
                # A node that lost a thread to it would hang for ever instead.
                "-XX:+ExitOnOutOfMemoryError"]
    properties = {
        "jdk.attach.allowAttachSelf": "true",
        "io.netty.tryReflectionSetAccessible": "true",
        "java.io.tmpdir": folder / "tmp",
        "jna.tmpdir": folder / "tmp",
        "logback.configurationFile": folder / "logback.xml",
        "cassandra-foreground": "yes",
        "cassandra.config": (folder / "cassandra.yaml").as_uri(),
        "cassandra.storagedir": folder,
        "cassandra.logdir": folder,
        "cassandra.ring_delay_ms": 5000,
        "cassandra.skip_wait_for_gossip_to_settle": 0,
        "cassandra.superuser_setup_delay_ms": 0,
        # Or no one could log in while the one node with the users is away.
        "cassandra.system_auth.default_rf": settings.nodes,
    }
    if not settings.optimise:
        # A second less: how much memory a row takes is estimated from fewer rows.
        properties["cassandra.memtable_row_overhead_computation_step"] = 1000
    return [
        str(java), f"-javaagent:{next(JARS.glob('jamm-*.jar'))}", *machine,
        *(f"-D{name}={value}" for name, value in properties.items()),
        *(f"--add-exports={name}=ALL-UNNAMED" for name in _EXPORTS),
        *(f"--add-opens={name}=ALL-UNNAMED" for name in _OPENS),
        "-cp", f"{JARS}/*", "org.apache.cassandra.service.CassandraDaemon",
    ]


def find_java():
    """A Java 17 of the distribution: Cassandra 5.0 does not run on 24 and later, which is what `java` may be."""
    for home in sorted(pathlib.Path("/usr/lib/jvm").glob("*17*")):
        release = home / "release"
        if release.is_file() and 'JAVA_VERSION="17.' in release.read_text() and (home / "bin" / "java").is_file():
            return home / "bin" / "java"
    raise RuntimeError("no Java 17 in /usr/lib/jvm; `scripts/install cluster` brings it")
