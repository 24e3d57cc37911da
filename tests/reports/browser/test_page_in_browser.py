"""The page as people meet it: opened from a file with the network off, in a real browser."""

import re

import pytest
import sample_results as results

pytest.importorskip("plotly", reason="pages need the extra html")

from reports.output import render


@pytest.fixture(scope="module")
def pages():
    """A page of each kind."""
    made = (
        results.missing_factor,
        results.one_wrong_weight,
        results.scaling,
        results.suite,
        results.hostile,
        results.path_sum,
    )
    return {make.__name__: render(make(), "html") for make in made}


def column(page, table, number):
    """The texts of a column's visible cells."""
    cells = page.locator(f"{table} tbody tr:not([hidden]) > :nth-child({number})").all_inner_texts()
    return [cell.strip() for cell in cells]


@pytest.mark.parametrize("name", ["missing_factor", "one_wrong_weight", "scaling", "suite", "hostile"])
def test_it_opens_offline_without_a_word_on_the_console_and_asks_for_nothing(pages, open_page, name):
    """All charts are drawn, nothing is requested but the file itself, and no submission's script has run."""
    page = open_page(pages[name])
    for figure in page.locator("details[open] [data-chart]").all():
        figure.scroll_into_view_if_needed()
        figure.locator(".drawn .main-svg").first.wait_for()
    assert page.said == []
    assert [url for url in page.asked if not url.startswith(("file:", "data:", "blob:"))] == []


def test_a_million_weights_open_in_under_two_seconds(pages, open_page):
    """The browser's own figure, from the start of navigation to the end of loading; the best of three."""
    milliseconds = []
    for _ in range(3):
        page = open_page(pages["one_wrong_weight"])
        milliseconds.append(page.evaluate("performance.getEntriesByType('navigation')[0].duration"))
    assert 0 < min(milliseconds) < 2000


def test_columns_sort_by_value_and_say_so(pages, open_page):
    """Numbers sort as numbers, durations as durations, by mouse and by keyboard; the heading tells screen readers."""
    page = open_page(pages["scaling"])
    heading = page.locator("#part-1 th", has_text="literal")
    heading.locator("button").click()
    assert column(page, "#part-1", 5) == ["21.0 min*", "71.5 s*", "715 ms*"]
    assert heading.get_attribute("aria-sort") == "descending"
    heading.locator("button").press("Enter")
    assert column(page, "#part-1", 5) == ["715 ms*", "71.5 s*", "21.0 min*"]
    assert heading.get_attribute("aria-sort") == "ascending"


def test_rows_are_filtered_by_words(pages, open_page):
    """Only the rows that hold every word stay, and their number is said."""
    page = open_page(pages["one_wrong_weight"])
    page.locator("#worst input").fill("w2 wrong")
    assert column(page, "#worst", 1) == ["w2[700, 301]"]
    assert page.locator("#worst output").inner_text() == "1 of 10 rows"
    page.locator("#worst input").fill("")
    assert len(column(page, "#worst", 1)) == 10


def test_the_one_wrong_weight_is_seen_in_the_map_and_named_under_the_pointer(pages, open_page, tmp_path):
    """A ring of the map's only odd colour surrounds it; the pointer brings entry, analytic, numeric and error bar."""
    page = open_page(pages["one_wrong_weight"])
    page.locator("[data-chart=map-0]").scroll_into_view_if_needed()
    chart = page.locator("[data-chart=map-0] .drawn")
    drag = chart.locator(".nsewdrag").first
    drag.wait_for()
    box = drag.bounding_box()
    x, y = box["x"] + box["width"] * 306 / 793, box["y"] + box["height"] * 710 / 1260  # the cell of 20 × 13
    page.mouse.move(x + 1, y - 4)
    page.mouse.move(x, y)
    said = page.locator(".hoverlayer .hovertext", has_text="w2[700, 301]")
    said.wait_for()
    assert re.sub(r"\s+", "", said.text_content()).startswith(
        "w2[700,301]wronganalytic-0.0120902numeric-0.00604511±6e-15"
    )
    assert ring_is_there(page, chart, tmp_path)


def ring_is_there(page, chart, tmp_path):
    """Whether some pixels, but few, of a screenshot of the chart have the colour of the mark."""
    from matplotlib.image import imread

    page.mouse.move(0, 0)
    page.wait_for_timeout(300)
    chart.screenshot(path=str(tmp_path / "chart.png"))
    seen = imread(tmp_path / "chart.png")
    marked = (seen[..., 0] > 0.7) & (seen[..., 1] < 0.5) & (seen[..., 2] < 0.2)
    return 20 < marked.sum() < 1000


@pytest.mark.parametrize(
    ("name", "width", "dark"),
    [
        ("missing_factor", 400, False),
        ("missing_factor", 1400, True),
        ("scaling", 400, True),
        ("suite", 1400, False),
        ("hostile", 400, False),
        ("path_sum", 1400, True),
    ],
)
def test_it_fits_and_is_accessible_at_every_width_in_light_and_dark(pages, open_page, name, width, dark):
    """Nothing overflows the window, and axe-core has no serious complaint."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs the extra browser")
    page = open_page(pages[name], width=width, dark=dark)
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    violations = axe.Axe().run(page).response["violations"]
    serious = [(v["id"], v["nodes"][0]["html"][:200]) for v in violations if v["impact"] in ("serious", "critical")]
    assert serious == []


def test_without_script_everything_is_there_but_hover_and_sorting(pages, open_page):
    """Pictures stand in for the charts, and no button is dead."""
    page = open_page(pages["missing_factor"], script=False)
    assert page.locator("#maps details[open] img").count() == 2
    assert page.locator("#maps details[open] img").first.is_visible()
    assert page.locator("button").count() == 0
    assert len(column(page, "#worst", 1)) == 10
    page.locator("summary", has_text="w3").click()
    assert page.locator("img[alt^=w3]").is_visible()


def test_in_print_pictures_stand_in_for_charts(pages, open_page):
    """Paper has no pointer: the drawn charts give way, tools and navigation too."""
    page = open_page(pages["missing_factor"])
    page.locator("[data-chart=map-0]").scroll_into_view_if_needed()
    page.locator("[data-chart=map-0] .drawn").wait_for()
    page.emulate_media(media="print")
    assert page.locator("[data-chart=map-0] img").is_visible()
    assert not page.locator("[data-chart=map-0] .drawn").is_visible()
    assert not page.locator("nav").is_visible()


def test_a_browser_that_cannot_unpack_the_library_keeps_the_pictures(pages, open_page):
    """The library of the charts is packed; without a way to unpack it nothing is missing but the pointer."""
    page = open_page(pages["missing_factor"], before="delete window.DecompressionStream")
    page.wait_for_timeout(300)
    assert page.locator("#maps details[open] img").first.is_visible()
    assert page.locator(".drawn").count() == 0
    assert page.said == []


def test_on_a_phone_the_panels_of_growth_stand_below_each_other(pages, open_page):
    """Beside each other their numbers would overlap."""
    page = open_page(pages["scaling"], width=400)
    page.locator("[data-chart=growth-chart]").scroll_into_view_if_needed()
    titles = [page.locator(f"[data-chart=growth-chart] .{name}title") for name in ("y", "y2", "y3")]
    titles[0].wait_for()
    boxes = [title.bounding_box() for title in titles]
    assert boxes[0]["y"] < boxes[1]["y"] < boxes[2]["y"]
    assert max(box["x"] for box in boxes) - min(box["x"] for box in boxes) < 40


def test_a_very_long_reason_scrolls_and_can_be_reached_by_keyboard(pages, open_page):
    """Ten megabytes of a submission do not push the report off the screen."""
    page = open_page(pages["hostile"], width=400)
    reason = page.locator(".reason")
    assert reason.bounding_box()["height"] < 400
    assert reason.get_attribute("tabindex") == "0"
