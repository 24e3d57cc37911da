"""Stored results are read again, of any kind and schema; what is none is refused in a sentence."""

import json

import pytest
import sample_results as results
from command import gradcheck

from gradcheck.results import SCHEMA
from reports.stored import read, upgraded


@pytest.mark.parametrize(
    "make",
    [results.missing_factor, results.one_wrong_weight, results.scaling, results.suite, results.path_sum],
    ids=lambda f: f.__name__,
)
def test_a_result_of_any_kind_is_recognised_and_equal_to_what_was_stored(make):
    """The kind is seen from the data, and nothing is lost."""
    assert read(make().to_json()) == make()


def test_an_old_schema_is_upgraded_step_by_step():
    """Each upgrade leads to the next schema, until it is today's."""
    steps = {
        "gradcheck/-1": lambda data: {**data, "schema": "gradcheck/0", "goal": data["aim"]},
        "gradcheck/0": lambda data: {**data, "schema": SCHEMA, "target": data["goal"]},
    }
    data = upgraded({"schema": "gradcheck/-1", "aim": "student.py"}, steps)
    assert (data["schema"], data["target"]) == (SCHEMA, "student.py")


def test_upgrades_that_lead_in_a_circle_are_refused():
    """Reading ends, whatever the table of upgrades says."""
    with pytest.raises(ValueError, match="its schema is 'a'"):
        upgraded({"schema": "a"}, {"a": lambda data: data})


def stored(change):
    """A check's JSON with something changed."""
    data = json.loads(results.missing_factor((3, 2)).to_json())
    change(data)
    return json.dumps(data)


BAD = {
    "not text": (b"\xff\xfe\x00", "This is not text."),
    "not JSON": (b"{", "This is not JSON"),
    "no object": (b"[1]", "its schema is None"),
    "another schema": (b'{"schema": "gradcheck/99"}', "its schema is 'gradcheck/99'"),
    "neither kind": (b'{"schema": "gradcheck/1"}', "neither a check, a scaling study nor a suite"),
    "nothing in it": (b'{"schema": "gradcheck/1", "target": "x"}', "verdict"),
    "no verdict of ours": (
        stored(lambda data: data.update(verdict="maybe")).encode(),
        "'maybe' is not a valid Verdict",
    ),
    "a number for a list": (stored(lambda data: data.update(arrays=5)).encode(), "cannot be read"),
    "a huge number": (stored(lambda data: data.update(seconds=10**400)).encode(), "too large"),
    "a short map": (stored(lambda data: data["arrays"][0]["map"]["relative"].pop()).encode(), "The map of w2"),
    "too deep": (b'{"a":' * 50_000, "cannot be read"),
}


@pytest.mark.parametrize(("content", "sentence"), BAD.values(), ids=BAD.keys())
def test_a_file_that_holds_no_result_is_refused_in_a_sentence(tmp_path, content, sentence):
    """What happened, where, what to do; status 2, no traceback."""
    file = tmp_path / "result.json"
    file.write_bytes(content)
    error = refused(str(file))
    assert sentence in error
    assert error.endswith("Name a file that --json wrote.\n")
    assert error.count("\n") == 1


def test_a_missing_file_is_named(tmp_path):
    """The sentence says which file, and which kind is wanted."""
    assert refused(str(tmp_path / "none.json")).endswith(
        "none.json cannot be read (No such file or directory); name a file that --json wrote.\n"
    )


def refused(name):
    """What ``gradcheck report`` says of a bad file."""
    status, said, error = gradcheck("report", name)
    assert (status, said) == (2, "")
    return error
