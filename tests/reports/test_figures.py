"""The pictures show what was found, to everyone: one wrong entry in a million, in colour or in grey."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sample_results as results
from command import gradcheck

pytest.importorskip("matplotlib", reason="figures need the extra plots")

from matplotlib.image import imread
from matplotlib.text import Text

from gradcheck.results import VPoint
from reports.figures.album import pictures, save_pictures, slug
from reports.figures.growth import growth
from reports.figures.heat import heat_map
from reports.figures.paths import path_picture
from reports.figures.style import png, svg
from reports.figures.vcurve import v_curve

ALL = (results.one_wrong_weight, results.missing_factor, results.scaling, results.path_sum)


@pytest.fixture(scope="module")
def drawn():
    """Every picture of every kind of result, by name."""
    return {f"{make.__name__}-{name}": figure for make in ALL for name, figure in pictures(make())}


def pixels(figure, tmp_path):
    """The figure as a person sees it: rows × columns × (red, green, blue), 0 to 1."""
    file = tmp_path / "figure.png"
    file.write_bytes(png(figure))
    return imread(file)[..., :3]


def test_one_wrong_weight_in_a_million_is_a_dark_ringed_spot_in_the_heat_map(tmp_path):
    """The only dark pixels of the map lie where the entry is, and a ring in another colour surrounds them."""
    index = (700, 301)
    figure = heat_map(results.one_wrong_weight(index=index).arrays[0])
    seen = pixels(figure, tmp_path)
    height, width, _ = seen.shape
    left, bottom, wide, tall = figure.axes[0].get_position().bounds
    inside = seen[round((1 - bottom - tall) * height) + 8 : round((1 - bottom) * height) - 8,
                  round(left * width) + 8 : round((left + wide) * width) - 8]  # fmt: skip
    dark = np.argwhere(inside.sum(axis=2) < 0.8)
    ring = np.argwhere((inside[..., 0] > 0.7) & (inside[..., 1] < 0.5) & (inside[..., 2] < 0.3))
    assert 4 < len(dark) < 400
    assert len(ring) > 20
    for spot in (dark, ring):
        row, column = (spot.mean(axis=0) + 8) / [tall * height, wide * width]
        assert row == pytest.approx(index[0] / 1258, abs=0.02)
        assert column == pytest.approx(index[1] / 784, abs=0.02)


def test_one_wrong_weight_is_seen_in_greyscale_too(tmp_path):
    """Without colour the spot is still far darker than everything around it."""
    seen = pixels(heat_map(results.one_wrong_weight().arrays[0]), tmp_path) @ [0.299, 0.587, 0.114]
    assert (seen[200:500, 200:400] < 0.25).sum() > 4


def test_a_right_array_has_no_ring(tmp_path):
    """Nothing in the map of an array without wrong entries looks like a mark."""
    seen = pixels(heat_map(results.one_wrong_weight().arrays[2]), tmp_path)
    assert not ((seen[..., 0] > 0.7) & (seen[..., 1] < 0.45) & (seen[..., 2] < 0.1)).any()


def test_every_text_of_every_figure_is_at_least_nine_points(drawn):
    """Figures are read in print at the width of a page."""
    small = {
        (name, text.get_text()): text.get_fontsize()
        for name, figure in drawn.items()
        for text in figure.findobj(Text)
        if text.get_text() and text.get_fontsize() < 9 and text.get_visible()
    }
    assert not small
    assert not [name for name, figure in drawn.items() for text in figure.findobj(Text) if "$" in text.get_text()]


def test_every_kind_of_figure_is_there(drawn):
    """A map for each array, a scatter and a histogram; growth and V-curve; the paths."""
    assert len(drawn) == 15
    assert all(png(figure).startswith(b"\x89PNG") for figure in drawn.values())


@pytest.mark.parametrize("make", [results.missing_factor, results.scaling, results.path_sum])
def test_the_same_result_gives_the_same_file(make):
    """A stored sample changes only when its result or its drawing does."""
    once, again = ({name: svg(figure) for name, figure in pictures(make())} for _ in range(2))
    assert once == again


def test_extrapolated_seconds_are_dashed_and_hollow():
    """What was not measured does not look measured."""
    figure = dict(pictures(results.scaling()))["growth"]
    lines = figure.axes[2].get_lines()
    assert {line.get_linestyle() for line in lines if line.get_color() == "#D55E00"} == {"--", "None"}
    assert {line.get_linestyle() for line in lines if line.get_color() == "#0072B2"} == {"-", "None"}
    assert any("extrapolated" in text.get_text() for text in figure.legends[0].get_texts())
    assert any("N^2.01 (1.97 to 2.05)" in text.get_text() for text in figure.legends[0].get_texts())


def test_the_lit_path_carries_its_rates_and_its_product():
    """The path with the largest product is the one in colour, and the title multiplies it out."""
    paths = results.path_sum()
    figure = path_picture(paths)
    largest = max(paths.products, key=abs)
    said = " ".join(text.get_text() for text in figure.findobj(Text)).replace("\n", " ")
    assert f"= {largest:.3g}" in said
    assert f"= {paths.derivative:.4g}" in said
    with pytest.raises(ValueError, match="There is no path 99; there are 6"):
        path_picture(paths, lit=99)


def test_names_of_a_submission_are_neither_mathematics_nor_folders(tmp_path):
    """A dollar sign is drawn, and no name leads out of the folder."""
    result = results.missing_factor((5, 4, 3))
    arrays = tuple(replace(a, name=f"../../$\\frac{{{a.name}$<script>") for a in result.arrays)
    written = save_pictures(replace(result, arrays=arrays), tmp_path / "new" / "folder")
    assert {path.parent for path in written} == {tmp_path / "new" / "folder"}
    assert slug("../../etc/passwd") == "etc-passwd"
    assert slug("δ") == "array"


def test_a_command_draws_the_figures_of_its_result(tmp_path):
    """``--figures`` fills a folder: of a stored result, and of a check as it is made."""
    (tmp_path / "result.json").write_text(results.missing_factor((3, 2)).to_json(), encoding="utf-8")
    specimen = Path(__file__).parents[2] / "nets" / "specimens" / "factor_two.py"
    for arguments in (("report", tmp_path / "result.json"), ("check", specimen)):
        folder = tmp_path / arguments[0]
        _, said, error = gradcheck(*arguments, "--figures", folder)
        assert said.startswith("FAIL")
        assert error == ""
        names = {path.stem for path in folder.iterdir()}
        assert names > {"scatter", "histogram"}
        assert any(name.startswith("heat-00-w") for name in names)


def test_the_predicted_terms_are_drawn_as_they_were_stored():
    """Truncation and round-off are lines of their own, of the points that the study brought, within the picture."""
    study = results.scaling()
    predicted_points = tuple(
        VPoint(mode, 10.0**-k, 3.0 * 10.0**-exponent, 1.0)
        for k in range(2, 13, 2)
        for mode, exponent in (("truncation", k), ("round-off", 12 - k))
    )
    figure = v_curve(replace(study, v_curve=(*study.v_curve, *predicted_points)))
    lines = {line.get_label(): line for line in figure.axes[0].get_lines()}
    assert list(lines["predicted truncation (ε/2)|C″|"].get_ydata()) == [3.0 * 10.0**-k for k in range(12, 1, -2)]
    assert max(lines["predicted round-off 2η/ε"].get_ydata()) <= 1
    assert lines["predicted round-off 2η/ε"].get_linestyle() == ":"
    assert not [line for line in v_curve(study).axes[0].get_lines() if "predicted" in line.get_label()]


def test_one_network_alone_is_drawn_as_bars_with_their_numbers():
    """There is no growth to be seen; each way has its bar, and the extrapolated one is hollow."""
    figure = growth(results.scaling(rows=1))
    said = {text.get_text() for text in figure.findobj(Text)}
    assert {"forward", "literal", "23,861", "715 ms"} <= said
    hollow = [bar for axes in figure.axes for bar in axes.patches if bar.get_facecolor()[:3] == (1, 1, 1)]
    assert len(hollow) == 1
