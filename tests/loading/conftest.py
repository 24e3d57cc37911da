"""Writing a submission and loading it."""

import pytest

from gradcheck.submissions.loading import load


@pytest.fixture
def submit(tmp_path):
    """Write files (text or bytes) and load the first of them, or the folder."""

    def write(files, folder=False):
        if isinstance(files, str | bytes):
            files = {"net.py": files}
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load(tmp_path if folder else tmp_path / next(iter(files)))

    return write
