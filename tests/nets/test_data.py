"""Digits that ship with the package, and MNIST files from a folder."""

import gzip
import struct

import numpy as np
import pytest

from nets.data import DataError, digits, mnist, read_idx


def idx(array):
    """An array as IDX bytes."""
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


IMAGES = np.arange(5 * 4 * 3).reshape(5, 4, 3)
LABELS = np.array([3, 1, 4, 1, 5])


@pytest.fixture
def folder(tmp_path):
    """Four small files of MNIST's names, one of them compressed, one with a dot in its name."""
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx(IMAGES))
    (tmp_path / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(LABELS)))
    (tmp_path / "t10k-images.idx3-ubyte").write_bytes(idx(IMAGES[:2]))
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(idx(LABELS[:2]))
    return tmp_path


def test_the_digits_are_columns_of_the_chapters_convention():
    """1,797 images of 64 grey values from 0 to 1, and targets with a 1 in the digit's row."""
    examples = digits()
    assert examples.x.shape == (64, 1797)
    assert (examples.x.min(), examples.x.max()) == (0, 1)
    assert examples.x.flags.c_contiguous
    assert np.bincount(examples.labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert examples.y.shape == (10, 1797)
    assert (examples.y.argmax(axis=0) == examples.labels).all()
    assert digits(np.float32).x.dtype == digits(np.float32).y.dtype == np.float32


def test_the_split_holds_out_a_fifth_and_loses_nothing():
    """The two parts are disjoint, complete, and the same for the same seed."""
    examples = digits()
    training, held_out = examples.split()
    assert (len(training), len(held_out)) == (1438, 359)
    everything = np.hstack([training.x, held_out.x])
    assert (np.sort(everything.sum(axis=0)) == np.sort(examples.x.sum(axis=0))).all()
    assert (examples.split(seed=0)[1].labels == held_out.labels).all()
    assert not np.array_equal(examples.split(seed=1)[1].labels, held_out.labels)


@pytest.mark.parametrize("share", [0, 1, 1.5, 1e-6])
def test_a_split_with_an_empty_side_is_refused(share):
    """The message gives the share."""
    with pytest.raises(ValueError, match=f"A share of {share} of 1797 examples leaves nothing on one side"):
        digits().split(share)


def test_pairs_are_those_of_the_chapters_loader():
    """Training pairs are two columns, test pairs a column and the digit."""
    examples = digits()
    x, y = examples.training_pairs()[17]
    assert (x.shape, y.shape) == ((64, 1), (10, 1))
    assert (x[:, 0] == examples.x[:, 17]).all()
    same, digit = examples.test_pairs()[17]
    assert (same == x).all()
    assert y[digit, 0] == y.sum() == 1


def test_mnist_is_read_plain_or_compressed(folder):
    """Grey values from 0 to 255 become 0 to 1, row by row; names with a dot are found too."""
    training, test = mnist(folder)
    assert training.x[:, 2] == pytest.approx(np.arange(24, 36) / 255)
    assert training.labels.tolist() == LABELS.tolist()
    assert len(test) == 2
    assert mnist(folder, np.float32)[0].x.dtype == np.float32


BROKEN = {
    "a missing folder": ("", None, "There is no folder {folder}/none: name the one that holds MNIST's four IDX files."),
    "a missing file": (
        "train-labels-idx1-ubyte.gz",
        None,
        "{folder} holds no train-labels-idx1-ubyte or train-labels-idx1-ubyte.gz: put MNIST's four IDX files there.",
    ),
    "labels for images": (
        "train-images-idx3-ubyte",
        idx(LABELS),
        "{file} begins with 0x00000801, where images have the magic number 0x00000803: those are labels.",
    ),
    "another format": (
        "train-images-idx3-ubyte",
        b"\x89PNG and so on",
        "{file} begins with 0x89504e47, where images have the magic number 0x00000803: it is no IDX file of bytes.",
    ),
    "an empty file": (
        "train-images-idx3-ubyte",
        b"",
        "{file} begins with 0x, where images have the magic number 0x00000803: it is no IDX file of bytes.",
    ),
    "a truncated file": (
        "train-images-idx3-ubyte",
        idx(IMAGES)[:-7],
        "{file} announces 5 images of 4×3 pixels, 76 bytes in all, but has 69: it is truncated, fetch it again.",
    ),
    "a truncated header": (
        "train-images-idx3-ubyte",
        idx(IMAGES)[:9],
        "{file} ends within its header, after 9 bytes: it is truncated, fetch it again.",
    ),
    "a file that is too long": (
        "t10k-labels-idx1-ubyte",
        idx(LABELS[:2]) + b"\n",
        "{file} announces 2 labels, 10 bytes in all, but has 11: it is longer than that, fetch it again.",
    ),
    "a truncated download": (
        "train-labels-idx1-ubyte.gz",
        gzip.compress(idx(LABELS))[:-9],
        "{file} is a damaged or truncated gzip file: fetch it again.",
    ),
    "labels of another set": (
        "train-labels-idx1-ubyte.gz",
        idx(LABELS[:4]),
        (
            "{folder}/train-images-idx3-ubyte holds 5 images, but train-labels-idx1-ubyte.gz holds 4 labels: "
            "take both files from the same set."
        ),
    ),
    "labels that are no digits": (
        "train-labels-idx1-ubyte.gz",
        idx(np.array([3, 1, 40, 1, 5])),
        "Label 2 in {file} is 40, not a digit from 0 to 9: take MNIST's own labels.",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_with_a_file_is_one_sentence(case, folder):
    """Each mistake names the file, what it found and what to do."""
    name, content, message = BROKEN[case]
    path = folder / name
    if name and content is None:
        path.unlink()
    elif name:
        path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        mnist(folder if name else folder / "none")
    assert str(caught.value) == message.format(folder=folder, file=path)


def test_a_single_file_that_does_not_exist_is_named(tmp_path):
    """``read_idx`` says which file and why."""
    with pytest.raises(DataError, match=r"images.idx cannot be read \(No such file or directory\): check its name"):
        read_idx(tmp_path / "images.idx", "images")
