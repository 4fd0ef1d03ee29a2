"""One warm engine for all tests that need one, a program and its data."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.client import Engine

PROGRAM = (Path(__file__).parent / "mlp.py").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def warm() -> Iterator[Engine]:
    """An engine that is shared: leave it idle, never kill it."""
    with Engine.start() as engine:
        engine.wait_ready(timeout=120)
        yield engine


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A data folder with 600 noisy 8 × 8 images of three brightnesses."""
    random = np.random.default_rng(0)
    labels = random.integers(0, 3, 600)
    images = random.normal(size=(600, 8, 8, 1)).astype(np.float32) + labels[:, None, None, None]
    path = tmp_path_factory.mktemp("data")
    np.savez(
        path / "blobs.npz",
        x_train=images[:500],
        y_train=labels[:500],
        x_test=images[500:],
        y_test=labels[500:],
    )
    return str(path)


@pytest.fixture
def program() -> str:
    """The text of ``mlp.py``."""
    return PROGRAM


@pytest.fixture
def endless() -> str:
    """The same program, training for hours."""
    return PROGRAM.replace("EPOCHS = 3", "EPOCHS = 1_000_000")
