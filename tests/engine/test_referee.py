"""Keras's verdict on programs, good and bad."""

import time

import pytest

from engine.client import Engine
from engine.protocol import Judge, SymbolicTensor, Weights

pytestmark = pytest.mark.engine

HEAD = "import keras\nfrom keras import layers\n\n\ndef build_model():\n"


def model(*statements: str) -> str:
    return HEAD + "".join(f"    {statement}\n" for statement in statements)


def test_a_program_that_keras_builds(warm: Engine, program: str) -> None:
    verdict = warm.judge(Judge(program=program))
    assert verdict.fault is None
    assert [(tensor.name, tensor.shape) for tensor in verdict.tensors] == [
        ("visible", (None, 8, 8, 1)),
        ("conv1", (None, 6, 6, 4)),
        ("flat1", (None, 144)),
        ("hidden1", (None, 16)),
        ("output", (None, 3)),
    ]
    lines = program.splitlines()
    for tensor in verdict.tensors:
        assert lines[tensor.line - 1].startswith(f"    {tensor.name} = ")
        assert tensor.dtype == "float32"
    total = 40 + 2320 + 51
    assert verdict.parameters == Weights(total=total, trainable=total, non_trainable=0)
    assert verdict.layers["hidden1"].total == 144 * 16 + 16
    assert list(verdict.layers) == ["visible", "conv1", "flat1", "hidden1", "output"]


def test_several_outputs_shared_layers_and_other_dtypes(warm: Engine) -> None:
    verdict = warm.judge(
        Judge(
            program=model(
                "words = keras.Input((5,), dtype='int32', name='words')",
                "other = keras.Input((5,), dtype='int32', name='other')",
                "embed = layers.Embedding(10, 4, name='embed')",
                "one, two = embed(words), embed(other)",
                "seq, last, cell = layers.LSTM(3, return_sequences=True, return_state=True)(one)",
                "norm = layers.BatchNormalization(name='norm')(two)",
                "return keras.Model([words, other], [seq, last, norm])",
            )
        )
    )
    assert verdict.fault is None
    shapes = {tensor.name: tensor.shape for tensor in verdict.tensors}
    assert shapes["seq"] == (None, 5, 3)
    assert shapes["cell"] == (None, 3)
    assert shapes["one"] == shapes["two"] == (None, 5, 4)
    assert "embed" not in shapes
    assert next(tensor for tensor in verdict.tensors) == SymbolicTensor(
        name="words", line=6, shape=(None, 5), dtype="int32"
    )
    assert verdict.layers["embed"].total == 40
    assert verdict.layers["norm"] == Weights(total=16, trainable=8, non_trainable=8)
    assert verdict.parameters is not None
    assert verdict.parameters.total == sum(count.total for count in verdict.layers.values())


def test_a_program_that_keras_refuses(warm: Engine) -> None:
    verdict = warm.judge(
        Judge(
            program=model(
                "a = keras.Input((8, 8, 1), name='a')",
                "b = layers.Conv2D(2, 3, name='b')(a)",
                "c = layers.Concatenate(name='c')(",
                "    [a, b]",
                ")",
                "d = layers.Flatten(name='d')(c)",
                "return keras.Model(a, d)",
            )
        )
    )
    assert verdict.fault is not None
    assert verdict.fault.line == 8
    assert verdict.fault.type == "ValueError"
    assert "(None, 8, 8, 1)" in verdict.fault.text
    assert [tensor.name for tensor in verdict.tensors] == ["a", "b"]
    assert verdict.parameters is None


def test_a_model_that_keras_refuses(warm: Engine) -> None:
    verdict = warm.judge(
        Judge(
            program=model(
                "a = keras.Input((4,), name='a')",
                "b = keras.Input((4,), name='b')",
                "c = layers.Add(name='c')([a, b])",
                "return keras.Model(a, c)",
            )
        )
    )
    assert verdict.fault is not None
    assert verdict.fault.line == 9
    assert len(verdict.tensors) == 3


def test_twice_the_same_name(warm: Engine) -> None:
    verdict = warm.judge(
        Judge(
            program=model(
                "a = keras.Input((4,), name='a')",
                "b = layers.Dense(3, name='a')(a)",
                "return keras.Model(a, b)",
            )
        )
    )
    assert verdict.fault is not None
    assert verdict.fault.line == 8
    assert "unique" in verdict.fault.text


@pytest.mark.parametrize(
    ("program", "kind", "line"),
    [("import kerass\n", "ModuleNotFoundError", 1), ("x = (\n", "SyntaxError", 1)],
)
def test_a_program_that_does_not_run(warm: Engine, program: str, kind: str, line: int) -> None:
    verdict = warm.judge(Judge(program=program))
    assert verdict.fault is not None
    assert (verdict.fault.type, verdict.fault.line) == (kind, line)


def test_a_program_without_a_model(warm: Engine) -> None:
    verdict = warm.judge(Judge(program="x = 1\n"))
    assert verdict.fault is None
    assert verdict.parameters is None
    assert verdict.tensors == []


def test_verdicts_do_not_depend_on_the_one_before(warm: Engine) -> None:
    policy = "keras.config.set_dtype_policy('mixed_float16')\n\n\ndef build_model"
    source = model("a = keras.Input((4,))", "b = layers.Dense(3)(a)", "return keras.Model(a, b)")
    before = warm.judge(Judge(program=source))
    mixed = warm.judge(Judge(program=source.replace("def build_model", policy)))
    assert mixed.tensors[1].dtype == "float16"
    assert warm.judge(Judge(program=source)) == before
    assert set(before.layers) == {"input_layer", "dense"}


def test_two_hundred_verdicts_leave_no_pile(warm: Engine) -> None:
    """The conformance tests ask a thousand times: the time for one must not grow."""
    source = model("a = keras.Input((4,))", "b = layers.Dense(3)(a)", "return keras.Model(a, b)")

    def seconds() -> float:
        begin = time.perf_counter()
        for _ in range(50):
            warm.judge(Judge(program=source))
        return time.perf_counter() - begin

    seconds()
    first, _, last = seconds(), seconds(), seconds()
    assert last < 3 * first + 1.0
