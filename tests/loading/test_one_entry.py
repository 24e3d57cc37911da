"""Arrays of one entry where a number is wanted, as NumPy allowed it until 2.4."""

import numpy as np
import pytest

from gradcheck.submissions.loading import load

SOURCE = """
import math
import numpy as np
history = {}

def parts(v):
    g, kept = np.zeros(2), [0, 0]
    g[0] = v
    g[1] += v
    kept[0] = v
    history["v"] = v
    return g, kept, float(v), int(v), math.sqrt(v), "%.1f" % v, "%d %.1f" % (3, v)
"""


def test_arrays_of_one_entry_pass_as_numbers(tmp_path):
    """Entries, conversions, functions of math and old formatting; lists and dictionaries keep the array itself."""
    path = tmp_path / "old.py"
    path.write_text(SOURCE, encoding="utf-8")
    namespace = load(path).namespace
    for array in (np.array([4.0]), np.array([[4.0]])):
        g, kept, *numbers = namespace["parts"](array)
        assert g.tolist() == [4.0, 4.0]
        assert kept[0] is array
        assert namespace["history"]["v"] is array
        assert numbers == [4.0, 4, 2.0, "4.0", "3 4.0"]


def test_longer_arrays_are_refused_as_before(tmp_path):
    """Two numbers are no number."""
    path = tmp_path / "two.py"
    path.write_text("import numpy as np\ndef store(v):\n    g = np.zeros(2)\n    g[0] = v\n", encoding="utf-8")
    store = load(path).namespace["store"]
    with pytest.raises(ValueError, match="setting an array element with a sequence"):
        store(np.ones(2))
