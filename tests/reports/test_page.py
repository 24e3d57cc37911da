"""The page is one file that needs nothing else, says everything without a script, and runs no script but ours."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import sample_results as results

pytest.importorskip("plotly", reason="pages need the extra html")
pytest.importorskip("jinja2", reason="pages need the extra html")

from gradcheck.results import CheckResult, Verdict
from gradcheck.submissions.check import check_file
from reports.output import render
from reports.page.network import layers_of, network_drawing
from reports.page.page import reproduce
from reports.rows.equations import written_out


class Reader(HTMLParser):
    """The elements of a page with their attributes, and its text outside scripts and styles."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.texts, self.silent = [], [], 0
        self.feed(page)
        self.text = " ".join(" ".join(self.texts).split())

    def handle_starttag(self, tag, attrs):
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        self.silent += tag in ("script", "style")

    def handle_endtag(self, tag):
        """Leave a script or style."""
        self.silent -= tag in ("script", "style")

    def handle_data(self, data):
        """Note a text that a reader sees."""
        if not self.silent:
            self.texts.append(data)


@pytest.fixture(scope="module")
def page():
    """The page of a check with a named fault."""
    return render(results.missing_factor(), "html")


def test_the_page_says_the_verdict_first_and_names_the_fault_with_its_equation(page):
    """Verdict, target and reason open the page; the fault comes before any table, with what it breaks written out."""
    text = Reader(page).text
    assert text.index("fail student.py Some entries are wrong.") < text.index("δ² lacks the factor σ′(z²) (BP2)")
    assert (
        text.index("δ² lacks the factor") < text.index("BP2 δˡ = ((wˡ⁺¹)ᵀ δˡ⁺¹) ⊙ σ′(zˡ)") < text.index("f64[30,784]")
    )
    assert "explains 100 % of the discrepancy" in text
    assert "w2[29, 359] -0.307805 -0.0342006 ± 3e-14" in text
    assert "forward pass The forward pass is the assigned function." in text
    assert text.endswith("gradcheck 0.1.0, numpy 2.4.0, python 3.11.2, seed 0")


def test_the_page_asks_for_nothing_from_anywhere(page):
    """No element loads anything, and the policy forbids it."""
    elements = Reader(page).elements
    addresses = [value for _, attrs in elements for key, value in attrs.items() if key in ("src", "href", "srcset")]
    assert all(address.startswith(("data:image/png;base64,", "#")) for address in addresses)
    policy = next(attrs["content"] for tag, attrs in elements if attrs.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-inline" not in policy.split("style-src")[0]


def test_every_picture_has_words(page):
    """What a chart shows is also said, for whoever cannot see it."""
    pictures = [attrs for tag, attrs in Reader(page).elements if tag == "img"]
    assert len(pictures) == 6
    assert all(len(picture["alt"]) > 20 for picture in pictures)


@pytest.mark.parametrize("make", [results.one_wrong_weight, results.scaling, results.suite, results.path_sum])
def test_every_kind_of_result_has_a_page_under_eight_megabytes(make):
    """A million weights are down-sampled; a suite, which has no chart, carries no plotting library."""
    made = render(make(), "html")
    assert len(made.encode()) < 8e6
    assert "<h1>" in made
    assert len(render(results.suite(), "html")) < 100_000


def test_the_page_shows_hostile_text_harmlessly():
    """Tags of a submission are text, its scripts are not ours, and ten megabytes become a few kilobytes."""
    made = render(results.hostile(), "html")
    reader = Reader(made)
    assert len([tag for tag, _ in reader.elements if tag == "script"]) == 3
    assert not [value for _, attrs in reader.elements for key, value in attrs.items() if key.startswith("on")]
    assert "<script>alert" not in made
    assert "\\u003cscript" not in made.replace("&lt;", "")
    seen = reader.text + "".join(str(value) for _, attrs in reader.elements for value in attrs.values())
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", seen)
    assert len(reader.text) < 100_000


def test_a_page_of_what_could_not_be_run_has_no_empty_sections():
    """Verdict, reason and how to go on; no heading stands above nothing."""
    text = Reader(render(CheckResult("x.py", Verdict.ERROR, "It does not parse.", "Mend line 3."), "html")).text
    assert "error x.py It does not parse." in text
    assert "Mend line 3." in text
    assert "Arrays" not in text


def test_the_drawing_marks_the_edge_of_the_one_wrong_weight():
    """Of all edges, one is wrong: the one between the groups of neurons that the weight joins."""
    drawing = network_drawing(results.one_wrong_weight(index=(700, 301)).arrays)
    assert [edge[-1] for edge in drawing.edges].count("wrong") == 1
    assert drawing.words == ("Network 784-1258-10; layer 2 (w2, b2): 1 wrong; layer 3 (w3, b3): right.")


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("sizes", [(3, 2), (5, 7, 4, 3), (3, 1, 2), (4, 4, 4)])
def test_layers_are_found_in_either_orientation(sizes, transposed):
    """(n_out, n_in) and (n_in, n_out), a layer of one neuron, square layers."""
    numeric = results.gradient(sizes)
    turned = {name: array.T if transposed else array for name, array in numeric.items()}
    layers = layers_of(results.checked(turned, turned).arrays)
    assert (layers[0].inputs, *(layer.size for layer in layers)) == sizes
    assert all(layer.biases is not None for layer in layers)


def test_arrays_that_are_no_chain_of_layers_are_not_drawn():
    """Convolutions and flat vectors have no drawing rather than a wrong one."""
    numeric = {"kernel": results.gradient((4, 3))["w2"].reshape(3, 2, 2)}
    assert network_drawing(results.checked(numeric, numeric).arrays) is None
    layer = {f"Linear.backward: {name}": np.ones(shape) for name, shape in (("x", (3, 5)), ("W", (5, 4)), ("b", (4,)))}
    assert network_drawing(results.checked(layer, layer).arrays) is None
    assert network_drawing(()) is None


def test_equations_are_written_out_by_name_and_by_range():
    """``BP1-BP3`` names three of them."""
    assert [name for name, _ in written_out("breaks BP1-BP3 and Eq. 46")] == ["BP1", "BP2", "BP3", "Eq. 46"]
    assert written_out("") == ()


def test_the_command_to_reproduce_is_quoted_for_a_shell():
    """A file name with a space or a quote stays one argument."""
    result = CheckResult("my net's.py", Verdict.PASS, "Right.", interface="class Network", seed=3)
    assert reproduce(result) == """gradcheck check 'my net'"'"'s.py' --seed 3"""
    assert reproduce(results.scaling()) == "gradcheck scaling"


@pytest.mark.parametrize("inputs_first", [False, True])
def test_a_net_of_equal_layers_is_drawn_the_way_its_weights_lie(inputs_first):
    """Of square weights the shape does not say which index is the input; what was understood does."""
    numeric = results.gradient((4, 4, 4))
    wrong = {name: array.copy() for name, array in numeric.items()}
    wrong["w2"][1, 3] *= 2
    drawing = network_drawing(results.checked(wrong, numeric).arrays, inputs_first=inputs_first)
    ((_, y1, _, y2, _),) = [edge for edge in drawing.edges if edge[-1] == "wrong"]
    heights = sorted({y for _, y, _ in drawing.neurons})
    assert (heights.index(y1), heights.index(y2)) == ((1, 3) if inputs_first else (3, 1))


@pytest.mark.parametrize(("specimen", "inputs_first"), [("cs231n/two_layer_net.py", True), ("network.py", False)])
def test_a_check_knows_which_way_the_weights_lie(specimen, inputs_first):
    """The orientation that the submission was understood with reaches the result."""
    assert check_file(Path(__file__).parents[2] / "nets" / "specimens" / specimen).inputs_first is inputs_first


def test_options_in_a_sentence_are_code_that_is_not_broken():
    """``--cost`` stays in one piece, and what stands around it is escaped."""
    page = render(replace(results.missing_factor((3, 2)), otherwise="say so with --cost or <b>--x-y</b>"), "html")
    assert "say so with <code>--cost</code> or &lt;b&gt;<code>--x-y</code>&lt;/b&gt;" in page
