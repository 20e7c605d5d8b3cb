"""docs/openapi.json is what the program says of itself: whoever changes the API sees the change, and reviews it."""
import difflib
import json
import pathlib

import program
from client import Client

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
RENEW = "if the change is meant, renew it: build/release/cartwheel openapi > docs/openapi.json"


def test_the_file_is_what_the_program_prints(tmp_path):
    printed = program.run("openapi", cwd=tmp_path)
    assert printed.returncode == 0, printed.stderr
    difference = difflib.unified_diff(GOLDEN.read_text("utf-8").splitlines(), printed.stdout.splitlines(), "docs/openapi.json",
                                      "cartwheel openapi", lineterm="", n=2)
    shown = "\n".join(list(difference)[:60])
    assert not shown and GOLDEN.read_text("utf-8") == printed.stdout, f"{shown}\n{RENEW}"


def test_the_service_answers_with_the_same(server):
    with Client(server) as client:
        served = client.expect(200, "GET", "/openapi.json").text
    assert json.loads(served) == json.loads(GOLDEN.read_text("utf-8")), RENEW
