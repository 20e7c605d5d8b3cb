"""An authority of its own for a cluster, a certificate for each node with its address, and one for clients. Made by openssl."""
import subprocess

_DAYS = "30"


def make(folder, addresses):
    """Writes into `folder`: ca.pem, node<N>.pem (key and chain in one file), client.pem and client.key."""
    folder.mkdir(parents=True, exist_ok=True)
    _openssl(folder, "req", "-x509", *_new_key("ca.key"), "-days", _DAYS, "-subj", "/CN=cartwheel test authority",
             "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-out", "ca.pem")
    for number, address in enumerate(addresses, start=1):
        # The authority's own certificate would not do for a node: strict clients refuse one that may sign others.
        _signed(folder, f"node{number}", f"node {number}", f"subjectAltName=IP:{address}\nextendedKeyUsage=serverAuth,clientAuth\n")
        chain = (folder / f"node{number}.key").read_text() + (folder / f"node{number}.crt").read_text()
        (folder / f"node{number}.pem").write_text(chain + (folder / "ca.pem").read_text())
    _signed(folder, "client", "cartwheel test client", "extendedKeyUsage=clientAuth\n")
    (folder / "client.crt").rename(folder / "client.pem")


def _signed(folder, name, subject, extensions):
    _openssl(folder, "req", *_new_key(f"{name}.key"), "-subj", f"/CN={subject}", "-out", f"{name}.csr")
    (folder / f"{name}.ext").write_text(f"basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n{extensions}")
    _openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", _DAYS,
             "-extfile", f"{name}.ext", "-out", f"{name}.crt")


def _new_key(file):
    return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", file]


def _openssl(folder, *arguments):
    result = subprocess.run(["openssl", *arguments], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)
    if result.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]} failed:\n{result.stdout}")
