"""A right gradient under a wrong cost: the cost is what is blamed, and for what is wrong with it."""

from pathlib import Path

import pytest

from gradcheck.submissions.check import check_file

SPECIMEN = Path(__file__).parents[2] / "nets" / "specimens" / "flat" / "neural_network.py"
WAYS = {
    "no L2 term": ("    J += lambda_", "    lambda_ + 0 * lambda_", "it lacks the L2 term λ/(2m) Σ w²"),
    "base 2": ("np.log(", "np.log2(", "it takes logarithms to base 2 where the gradient has natural ones"),
    "biases": ("[:, 1:] ** 2", " ** 2", "it has the biases in its L2 term"),
    "no 1/m": ("J = -1 / m *", "J = -1 *", "it lacks the factor 1/m before the sum over the examples"),
    "times m": ("lambda_ / (2 * m) *", "lambda_ / 2 * m *", "it multiplies its L2 term by m"),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_cost_is_blamed_where_the_gradient_is_right(way, tmp_path):
    """The sentence says what the cost does, and which cost the gradient belongs to."""
    before, after, said = WAYS[way]
    text = SPECIMEN.read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "network.py"
    path.write_text(text.replace(before, after), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict.value == "fail"
    assert result.reason.startswith(f"The gradient is right, the reported cost is not: {said}")
    assert result.reason.endswith("the gradient is that of the cross-entropy cost, mean, λ/(2m) Σ w².")
    assert [d.where for d in result.diagnosis] == ["cost"]


def test_a_wrong_gradient_is_blamed_itself(tmp_path):
    """One array without 1/m belongs to no cost."""
    path = tmp_path / "network.py"
    text = SPECIMEN.read_text(encoding="utf-8").replace("g2 = D2 / m", "g2 = D2")
    path.write_text(text, encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.reason == "∂C/∂b³ and ∂C/∂w³ is m = 4 times too large; everything else is right."
