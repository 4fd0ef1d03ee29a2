"""Draw the bundled sample of Fashion-MNIST from the full data set.

The sample is stratified (as many images of each class) so that a small set still teaches all ten
classes, and it is a function of the seed alone. Source of the images: Xiao, Rasul and Vollgraf,
"Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms",
arXiv:1708.07747; MIT licence, Zalando SE.

Run ``python -m resources.make_sample FULL.npz`` to write ``resources/data`` again.
"""

import io
import sys
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SAMPLE = Path(__file__).resolve().parent / "data" / "fashion_mnist_sample.npz"
TRAIN_PER_CLASS = 600
TEST_PER_CLASS = 100
SEED = 20170825  # the day on which the data set was published
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip file can hold

Images = NDArray[np.uint8]


def stratified(labels: Images, per_class: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return shuffled indices with ``per_class`` of each label.

    Args:
        labels: shape (n,), integers.
        per_class: how many of each label to draw, without putting back.
        rng: where the chance comes from.

    Raises:
        ValueError: a class has fewer members than asked for.
    """
    chosen = [
        rng.choice(np.flatnonzero(labels == label), per_class, replace=False)
        for label in np.unique(labels)
    ]
    return rng.permutation(np.concatenate(chosen))


def sample(full: dict[str, Images]) -> dict[str, Images]:
    """Return the sample: x_train (6000, 28, 28), y_train (6000,), x_test (1000, 28, 28), y_test."""
    rng = np.random.default_rng(SEED)
    found: dict[str, Images] = {}
    for part, per_class in (("train", TRAIN_PER_CLASS), ("test", TEST_PER_CLASS)):
        index = stratified(full[f"y_{part}"], per_class, rng)
        found[f"x_{part}"] = full[f"x_{part}"][index].astype(np.uint8)
        found[f"y_{part}"] = full[f"y_{part}"][index].astype(np.uint8)
    return found


def write(arrays: dict[str, Images], path: Path) -> None:
    """Write an ``.npz`` at the highest compression, the same bytes each time."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.save(buffer, array, allow_pickle=False)
            member = zipfile.ZipInfo(f"{name}.npy", date_time=_EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, buffer.getvalue(), compresslevel=9)


def main(arguments: list[str]) -> int:
    """Read the full set named on the command line and write the sample; 2 for wrong use."""
    if len(arguments) != 1:
        sys.stderr.write("Name the full data set: python -m resources.make_sample FULL.npz\n")
        return 2
    with np.load(arguments[0], allow_pickle=False) as full:
        write(sample({name: full[name] for name in full.files}), SAMPLE)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
