"""Slips of the catalogue as an author would write them, by the catalogue's ids."""

from __future__ import annotations

from collections.abc import Callable

from gradcheck.suite.sources.steps import Steps, product, summed

Slip = Callable[[Steps, int], None]


def _slope(pattern: str) -> Slip:
    def slip(s: Steps, k: int) -> None:
        names = {"z": s.writing.weighted(k), "a": s.writing.act(k), "slope": s.slope[k], "name": _name(s, k)}
        s.slope[k] = pattern.format(**names)

    return slip


def _name(s: Steps, k: int) -> str:
    return s.writing.output if k == s.last else s.writing.hidden


def _weights(pattern: str) -> Slip:
    def slip(s: Steps, k: int) -> None:
        s.weights[k] = pattern.format(right=s.weights[k], w=s.writing.w.format(k=k), m=s.writing.examples)

    return slip


def _biases(pattern: str) -> Slip:
    def slip(s: Steps, k: int) -> None:
        w = s.writing
        s.biases[k] = pattern.format(right=s.biases[k], b=w.b.format(k=k), d=w.d.format(k=k), m=w.examples)

    return slip


def _back(pattern: str) -> Slip:
    def slip(s: Steps, k: int) -> None:
        w = s.writing
        above = {"w": w.w.format(k=k + 1), "dw": w.dw.format(k=k + 1), "d": w.d.format(k=k + 1)} if k < s.last else {}
        s.back[k] = pattern.format(right=s.back[k], a=w.act(k), y=w.y, m=w.examples, **above)

    return slip


def _activation(pattern: str) -> Slip:
    def slip(s: Steps, k: int) -> None:
        w = s.writing
        before = pattern.format(z=w.weighted(k - 1), a=w.act(k - 1))
        s.weights[k] = product(w, w.d.format(k=k), before)

    return slip


def _before_slope(s: Steps, k: int) -> None:
    s.weights[k] = product(s.writing, f"({s.back[k]})", s.writing.act(k - 1))


def _bias_before_slope(s: Steps, k: int) -> None:
    s.biases[k] = summed(s.writing, f"({s.back[k]})")


def _wrong_axis(s: Steps, k: int) -> None:
    d, axis = s.writing.d.format(k=k), 0 if s.writing.columns else 1
    s.biases[k] = f"np.sum({d}, axis={axis}, keepdims=True)"


def _one_example(index: str) -> Slip:
    def slip(s: Steps, k: int) -> None:
        w = s.writing
        d, a = w.d.format(k=k), w.act(k - 1)
        cut = f"[:, {index}]" if w.columns else f"[{index}]"
        s.weights[k], s.biases[k] = product(w, d + cut, a + cut), summed(w, d + cut)

    return slip


def _row(index: int) -> Slip:
    """The catalogue counts rows of our w (n_out, n_in)."""

    def slip(s: Steps, k: int) -> None:
        place = f"[{index}]" if s.writing.columns else f"[:, {index}]"
        s.after[k] = [f"{s.writing.dw.format(k=k)}{place} = 0"]

    return slip


def _update_first(s: Steps, k: int) -> None:
    w = s.writing
    early = f"({w.w.format(k=k + 1)} - 0.5 * {w.dw.format(k=k + 1)})"
    s.back[k] = s.back[k].replace(w.w.format(k=k + 1), early)


def _everywhere(pattern: str) -> Slip:
    def slip(s: Steps, k: int) -> None:
        for place in range(1, s.last + 1):
            _weights(pattern)(s, place)
            _biases(pattern)(s, place)

    return slip


HIDDEN = ("hidden",)
LAYERS = ("hidden", "output")

SLIPS: dict[str, tuple[Slip, tuple[str, ...]]] = {
    "slope_missing": (lambda s, k: s.slope.update({k: ""}), HIDDEN),
    "slope_twice": (_slope("{slope} * {slope}"), HIDDEN),
    "slope_of_activation": (_slope("{name}_prime({a})"), HIDDEN),
    "slope_one_minus": (_slope("(1 - {a})"), HIDDEN),
    "slope_only_activation": (_slope("{a}"), HIDDEN),
    "slope_formula_of_z": (_slope("({z} * (1 - {z}))"), HIDDEN),
    "sign_in_error": (_back("-{right}"), HIDDEN),
    "twice_in_error": (_back("2 * {right}"), HIDDEN),
    "weights_updated_first": (_update_first, HIDDEN),
    "weights_before_slope": (_before_slope, HIDDEN),
    "bias_before_slope": (_bias_before_slope, HIDDEN),
    "weighted_input_for_activation": (_activation("{z}"), ("upper",)),
    "activation_again": (_activation("(1 / (1 + np.exp(-{a})))"), ("upper",)),
    "activation_missing": (_activation("np.ones_like({a})"), LAYERS),
    "weights_zero": (_weights("np.zeros_like({w})"), LAYERS),
    "sign_in_weights": (_weights("-({right})"), LAYERS),
    "twice_in_weights": (_weights("2 * ({right})"), LAYERS),
    "half_in_weights": (_weights("({right}) / 2"), LAYERS),
    "times_m_in_weights": (_weights("({right}) * {m}"), LAYERS),
    "divided_by_m_in_weights": (_weights("({right}) / {m}"), LAYERS),
    "bias_zero": (_biases("np.zeros_like({b})"), LAYERS),
    "bias_one_number": (_biases("np.sum({d})"), LAYERS),
    "bias_not_summed": (_biases("{d}"), LAYERS),
    "bias_wrong_axis": (_wrong_axis, LAYERS),
    "sign_in_biases": (_biases("-({right})"), LAYERS),
    "twice_in_biases": (_biases("2 * ({right})"), LAYERS),
    "times_m_in_biases": (_biases("({right}) * {m}"), LAYERS),
    "divided_by_m_in_biases": (_biases("({right}) / {m}"), LAYERS),
    "last_example_only": (_one_example("-1:"), LAYERS),
    "first_example_only": (_one_example(":1"), LAYERS),
    "last_example_left_out": (_one_example(":-1"), LAYERS),
    "truncated_to_integers": (_weights("({right}).astype(int)"), LAYERS),
    "first_row_missing": (_row(0), LAYERS),
    "last_row_missing": (_row(-1), LAYERS),
    "target_reversed": (_back("-({right})"), ("last",)),
    "sign": (_everywhere("-({right})"), ("whole",)),
}
"""Each slip and where it can be written: hidden layers, the output, layers above a hidden one, or the whole."""
