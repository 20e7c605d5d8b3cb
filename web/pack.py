#!/usr/bin/env python3
"""Bundles the pages' scripts, packs every file that the binary embeds into assets.bin, and writes the C++ table of what is where in it.

Files are compressed with a time stamp of zero, so that equal sources give equal bytes. Files under /static/ get their content
hash into their name and may be cached for ever; a page names them as {{/static/style.css}} and gets the hashed name.
"""
import argparse
import csv
import gzip
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
}

# ReDoc shows its maker's logo from its maker's host; its readers' addresses are nobody's business. The link below it stays.
REDOC_LOGO = b"https://cdn.redoc.ly/redoc/logo-mini.svg"
NO_PICTURE = b"data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E"

LICENSES = ["swagger-ui-dist/LICENSE", "swagger-ui-dist/NOTICE", "swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt",
            "redoc/LICENSE", "redoc/bundles/redoc.standalone.js.LICENSE.txt",
            "preact/LICENSE", "@preact/signals/LICENSE", "@preact/signals-core/LICENSE", "preact-iso/LICENSE", "eventsource-parser/LICENSE",
            "uplot/LICENSE"]

APPS = ("shop", "dashboard")


class Pack:
    def __init__(self):
        self.sources = []
        self.files = {}  # path -> (content type, bytes, immutable, styles inline)
        self.hashed_names = {}

    def read(self, path):
        self.sources.append(path.resolve())
        return path.read_bytes()

    def add(self, path, suffix, data, immutable=False, styles_inline=False):
        self.files[path] = (TYPES[suffix], data, immutable, styles_inline)

    def add_static(self, name, data):
        stem, suffix = name.rsplit(".", 1)
        hashed = f"/static/{stem}.{digest(data)[:12]}.{suffix}"
        self.hashed_names[f"/static/{name}"] = hashed
        self.add(hashed, f".{suffix}", data, immutable=True)

    def add_page(self, path, source, styles_inline=False):
        text = re.sub(r"\{\{(.+?)\}\}", lambda match: self.hashed_names[match[1]], self.read(source).decode())
        self.add(path, ".html", text.encode(), styles_inline=styles_inline)


def digest(data):
    return hashlib.sha256(data).hexdigest()


def without_source_map(data):
    """The maps are not embedded, and a browser with open developer tools would ask for them."""
    return re.sub(rb"//# sourceMappingURL=[\w.-]+\.map|/\*# sourceMappingURL=[\w.-]+\.map ?\*/", b"", data)


def replaced_once(data, old, new):
    if data.count(old) != 1:
        sys.exit(f"pack.py: expected {old.decode()} once: look at what the new version of the package does with it")
    return data.replace(old, new)


def add_api_pages(pack, web, packages):
    if packages is None:
        for page in ("docs", "redoc"):
            pack.add_page(f"/{page}", web / "pages/without-api-pages.html")
        pack.add("/licenses.txt", ".txt", b"This build has no API pages, and so nobody else's.\n")
        return
    swagger = packages / "swagger-ui-dist"
    pack.add_static("swagger-ui.js", without_source_map(pack.read(swagger / "swagger-ui-bundle.js")))
    pack.add_static("swagger-ui.css", without_source_map(pack.read(swagger / "swagger-ui.css")))
    redoc = pack.read(packages / "redoc/bundles/redoc.standalone.js")
    pack.add_static("redoc.js", replaced_once(without_source_map(redoc), REDOC_LOGO, NO_PICTURE))
    texts = [f"==== {name} ====\n\n{pack.read(packages / name).decode()}" for name in LICENSES]
    pack.add("/licenses.txt", ".txt", "\n\n".join(texts).encode())
    for page in ("docs", "redoc"):
        pack.add_static(f"{page}-start.js", pack.read(web / f"pages/{page}-start.js"))
        pack.add_page(f"/{page}", web / f"pages/{page}.html", styles_inline=True)


def add_apps(pack, web, packages):
    """The storefront and the dashboard: one script and one style sheet each, by esbuild."""
    if packages is None:
        for app in APPS:
            pack.add_page(f"/{app}", web / "pages/without-apps.html")
        return
    with tempfile.TemporaryDirectory() as out:
        out = pathlib.Path(out)
        subprocess.run([packages / ".bin/esbuild", *(f"{app}={web}/src/{app}/main.tsx" for app in APPS), f"--outdir={out}",
                        f"--metafile={out}/meta.json", f"--tsconfig={web}/tsconfig.json", "--bundle", "--minify", "--format=esm",
                        "--target=es2022", "--legal-comments=none", "--log-level=warning", "--charset=utf8"],
                       env={**os.environ, "NODE_PATH": str(packages)}, cwd=web, check=True)
        inputs = json.loads((out / "meta.json").read_text())["inputs"]
        pack.sources += [(web / name).resolve() for name in inputs]
        for app in APPS:
            for suffix in ("js", "css"):
                pack.add_static(f"{app}.{suffix}", (out / f"{app}.{suffix}").read_bytes())
            pack.add_page(f"/{app}", web / f"pages/{app}.html")


def add_pictures(pack, catalogue, folder):
    for row in csv.DictReader(catalogue.decode().splitlines()):
        name = row["img"].removeprefix("/images/")
        pack.add(row["img"], ".svg", pack.read(folder / name))


def table(pack, catalogue):
    """The bytes of assets.bin and the text of asset_table.inc. Rows are sorted by path, as the look-up needs."""
    blob = bytearray(catalogue)
    rows = []
    for path, (content_type, data, immutable, styles_inline) in sorted(pack.files.items()):
        compressed = gzip.compress(data, compresslevel=9, mtime=0)
        # The name of the encoding is in the tag, as other servers have it; the hash is of the content alone.
        tag = digest(data)[:32]
        rows.append(f'        {{"{path}", "{content_type}", packed({len(blob)}, {len(compressed)}), {len(data)}, '
                    f'"\\"{tag}-gzip\\"", "\\"{tag}\\"", {str(immutable).lower()}, {str(styles_inline).lower()}}},\n')
        blob += compressed
    text = (f"// SHA-256 of the pack: {digest(bytes(blob))}\n"
            f"constexpr std::size_t catalogue_offset = 0;\n"
            f"constexpr std::size_t catalogue_bytes = {len(catalogue)};\n"
            f"constexpr std::size_t pack_bytes = {len(blob)};\n\n"
            f"std::span<const Asset> asset_table() {{\n"
            f"    static const Asset table[] = {{\n{''.join(rows)}    }};\n"
            f"    return table;\n}}\n")
    return bytes(blob), text


def absolute(text):
    return pathlib.Path(text).resolve()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--web", type=absolute, required=True, help="the folder with pages and catalogue")
    parser.add_argument("--packages", type=absolute, help="node_modules; without it there are no API pages")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()

    pack = Pack()
    for name in ("style.css", "start.js"):
        pack.add_static(name, pack.read(options.web / "pages" / name))
    pack.add("/favicon.svg", ".svg", pack.read(options.web / "pages/favicon.svg"))
    pack.add_page("/start", options.web / "pages/start.html")
    add_api_pages(pack, options.web, options.packages)
    add_apps(pack, options.web, options.packages)
    # What a browser gets that names no page.
    pack.add_page("/", options.web / ("pages/start.html" if options.packages is None else "pages/shop.html"))
    catalogue = pack.read(options.web / "catalogue/products.csv")
    add_pictures(pack, catalogue, options.web / "catalogue/images")

    blob, text = table(pack, catalogue)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "assets.bin").write_bytes(blob)
    (options.out / "asset_table.inc").write_text(text)
    sources = " ".join(str(path).replace(" ", "\\ ") for path in pack.sources)
    (options.out / "assets.d").write_text(f"{(options.out / 'assets.bin').resolve()}: {sources}\n")


if __name__ == "__main__":
    main()
