"""``gradcheck paths``: one derivative as Eq. 53's sum over paths, in every format, and drawn."""

import json

import numpy as np
import pytest
from command import gradcheck

from gradcheck.results import PathSum
from nets import Network, backprop


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--weight", "w3[1,2]"),
        ("--weight", "b2,1", "--seed", "3"),
        ("--net", "3-2-4-2-1", "--weight", "w2,1,2", "--activation", "tanh,sigmoid", "--cost", "cross_entropy"),
        ("--net", "2-3-3", "--activation", "sigmoid,softmax", "--cost", "log_likelihood", "--weight", "w3,1,1"),
    ],
)
def test_the_paths_of_any_entry_add_up_to_what_backprop_says(arguments, tmp_path):
    """Each product is that of its rates, their sum is the derivative, and backprop agrees to the last digits."""
    status, said, _ = gradcheck("paths", *arguments, "--json", tmp_path / "paths.json")
    result = PathSum.from_json((tmp_path / "paths.json").read_text(encoding="utf-8"))
    assert status == 0
    assert result.products == pytest.approx([np.prod(rates) for rates in result.factors])
    assert result.derivative == pytest.approx(result.backprop, rel=1e-12)
    assert f"is {result.derivative:.6g}; backprop says {result.backprop:.6g}" in " ".join(said.split())
    assert said.startswith("PATHS  ∂C/∂")


def test_the_number_of_paths_is_the_product_of_the_later_layers(tmp_path):
    """From w2 of 2-3-4-2 there are 4 × 2, each over one neuron of each later layer."""
    gradcheck("paths", "--net", "2-3-4-2", "--weight", "w2,1,0", "--json", tmp_path / "paths.json")
    data = json.loads((tmp_path / "paths.json").read_text(encoding="utf-8"))
    assert sorted(data["neurons"]) == [[1, q, m] for q in range(4) for m in range(2)]


def test_the_derivative_is_that_of_the_network_which_the_command_names(tmp_path):
    """The seed and the sizes give the network again in Python."""
    gradcheck("paths", "--weight", "w3,0,2", "--seed", "5", "--json", tmp_path / "paths.json")
    result = PathSum.from_json((tmp_path / "paths.json").read_text(encoding="utf-8"))
    rng = np.random.default_rng(5)
    x, y = rng.random((2, 1)), np.eye(2)[:, rng.integers(0, 2, 1)]
    network = Network([2, 3, 2], seed=5, initialisation="scaled")
    assert result.backprop == backprop(network, x, y)["w3"][0, 2]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--weight", "w9,0,0"), "There is no array 'w9'; this network has w2, b2, w3, b3."),
        (("--weight", "w2,3,0"), "There is no entry [3, 0] in w2, whose shape is (3, 2)."),
        (("--weight", "nonsense"), "--weight nonsense names no entry; write w2,0,1 for a weight and b2,0 for a bias."),
        (("--net", "5-50-50-50-10"), "Eq. 53 sums over 25,000 paths for w2[0, 0], more than the limit of 10,000"),
    ],
)
def test_what_cannot_be_summed_is_refused_in_a_sentence(arguments, sentence):
    """Status 2, the reason, and nothing on standard output."""
    status, said, error = gradcheck("paths", *arguments)
    assert (status, said) == (2, "")
    assert sentence in error


def test_the_picture_is_drawn_into_a_folder_and_onto_the_page(tmp_path):
    """``--figures`` writes it, the page holds it; a network that is too wide for a page has none."""
    pytest.importorskip("plotly", reason="pages need the extra html")
    assert gradcheck("paths", "--figures", tmp_path / "figures", "--output", tmp_path / "said")[0] == 0
    assert sorted(path.name for path in (tmp_path / "figures").iterdir()) == ["paths.png", "paths.svg"]
    gradcheck("paths", "--format", "html", "--output", tmp_path / "paths.html")
    page = (tmp_path / "paths.html").read_text(encoding="utf-8")
    assert 'alt="The network. The sum over 2 paths is' in page
    assert "gradcheck paths --format html" in page
    gradcheck("paths", "--net", "99-3-2", "--figures", tmp_path / "none", "--output", tmp_path / "said")
    assert list((tmp_path / "none").iterdir()) == []
