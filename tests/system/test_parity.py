"""The sample application's clients work unchanged: exchanges recorded with it, and the deliberate differences."""
import json
import pathlib

import pytest

from client import Client
from scenario import Scenario

_FOLDER = pathlib.Path(__file__).parent / "parity"


def _scenarios():
    for file in ("sample", "deviations"):
        for scenario in json.loads((_FOLDER / f"{file}.json").read_text("utf-8")):
            yield pytest.param(scenario["steps"], id=f"{file}: {scenario['name']}")


@pytest.mark.parametrize("steps", _scenarios())
def test_answers_as_recorded(any_store, steps):
    scenario = Scenario(any_store.netloc)
    with Client(any_store) as client:
        for number, step in enumerate(steps, 1):
            differences = scenario.play(client, step)
            assert not differences, f"step {number}, {step['method']} {step['path']}: " + "; ".join(differences)
