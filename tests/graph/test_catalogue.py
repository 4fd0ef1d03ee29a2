"""The battery that every entry of the catalogue goes through, whatever layer it is."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import registry
from graph.kerasdata import keras_data
from graph.params import Kind, Margins, Named, Unset, Value, show
from graph.shapes import TensorSpec
from graph.spec import Calls, LayerSpec, Made, Refused
from tests import strategies

if TYPE_CHECKING:
    from graph.spec import Inputs

EVERY = pytest.mark.parametrize("spec", strategies.SPECS, ids=lambda spec: spec.name)
IMAGE = TensorSpec((None, 28, 28, 4))


def usual_inputs(spec: LayerSpec) -> Inputs:
    """Return inputs that suit a fresh layer."""
    return (IMAGE,) * (2 if spec.calls is Calls.LIST else len(spec.inputs))


def test_the_first_catalogue_is_complete() -> None:
    names = {spec.name for spec in strategies.SPECS}
    assert names >= {
        *("Input", "Dense", "Conv2D", "MaxPooling2D", "AveragePooling2D", "Flatten", "Reshape"),
        *("GlobalAveragePooling2D", "GlobalMaxPooling2D", "Dropout", "BatchNormalization"),
        *("Activation", "ReLU", "LeakyReLU", "Softmax", "Concatenate", "Add", "Subtract"),
        *("Multiply", "Average", "Maximum", "Rescaling", "Resizing", "ZeroPadding2D"),
        *("Cropping2D", "UpSampling2D", "Conv2DTranspose", "GaussianNoise"),
    }


def test_a_role_that_repairs_need_is_filled() -> None:
    roles = {role for spec in strategies.SPECS for role in spec.roles}
    assert roles >= {"flatten", "pool to vector", "crop", "pad", "resize", "merge", "source"}
    assert roles >= {"dense", "convolution", "reshape", "window"}


@EVERY
def test_it_has_every_argument_of_keras(spec: LayerSpec) -> None:
    known = keras_data().layers[spec.name]
    wanted = [param.name for param in known.parameters] + list(known.layer_arguments)
    assert [param.name for param in spec.params] == [name for name in wanted if name != "name"]
    first = [param.name for param in known.parameters][: len(spec.positional)]
    assert list(spec.positional) == first
    for name in (*spec.shown, *spec.starter):
        assert spec.param(name) is not None


@EVERY
def test_a_fresh_one_is_legal_and_explained(spec: LayerSpec) -> None:
    made = strategies.verdict(spec, dict(spec.starter), usual_inputs(spec))
    assert isinstance(made, Made), made
    for why in spec.explain(spec.settings(spec.starter), usual_inputs(spec), made):
        assert why.about
        assert "None" not in why.formula
        assert why.formula
    for param in spec.params:
        if param.required and param.name not in spec.starter:
            pytest.fail(f"{param.name} has to be given, and a fresh layer has none")


@EVERY
def test_defaults_and_shown_values_are_read_back(spec: LayerSpec) -> None:
    for param in spec.params:
        if param.default is not None:
            assert param.kind.check(param.default) is None, param.name
        for value in (param.default, spec.starter.get(param.name)):
            if plain(param.kind, value):
                assert param.kind.parse(show(value)) == value, param.name


def plain(kind: Kind, value: Value) -> bool:
    """Say whether a value is written the way a person types it."""
    if isinstance(value, Named):
        return not value.settings
    rough = isinstance(value, float) and float(f"{value:g}") != value
    return value is not None and not rough and not isinstance(kind, Margins | Unset)


@EVERY
def test_anything_gives_a_verdict_in_words(spec: LayerSpec) -> None:
    @settings(max_examples=25, deadline=None)
    @given(strategies.wild_calls(spec))
    def each(call: strategies.Call) -> None:
        made = strategies.verdict(*call)
        if isinstance(made, Refused):
            if made.sentence:
                assert made.sentence.startswith("{node}")
                assert made.sentence.endswith(".")
                assert "None" not in made.sentence
        else:
            assert all(dim is None or dim >= 0 for dim in made.outputs[0].shape)
            assert made.multiply_adds >= 0
            every = spec.settings(call.params)
            texts = [why.formula for why in spec.explain(every, call.inputs, made)]
            for lint in spec.lints:
                texts += [text for _, text in lint(every, call.inputs, made, ("softmax",))]
            assert all(text and "None" not in text for text in texts)

    each()


@EVERY
def test_foreign_values_are_told_and_never_crash(spec: LayerSpec) -> None:
    junk = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    junk |= st.tuples(junk, junk) | st.builds(Named, st.text(max_size=5))

    @settings(max_examples=5, deadline=None)
    @given(st.data())
    def each(data: st.DataObject) -> None:
        for param in spec.params:
            value = data.draw(junk)
            wrong = param.kind.check(value)
            assert wrong is None or (isinstance(wrong, str) and wrong)
            with suppress(ValueError):
                param.kind.parse(data.draw(st.text(max_size=8)))

    each()


def explained(name: str, params: dict[str, Value], *inputs: TensorSpec) -> dict[str, str]:
    spec = registry.find(name)
    assert spec is not None
    every = spec.settings({**spec.starter, **params})
    return dict(spec.explain(every, inputs, spec.rule(every, inputs)))


def test_numbers_are_explained_with_their_formula() -> None:
    one = TensorSpec((None, 28, 28, 1))
    conv = explained("Conv2D", {}, one)
    assert conv["height"] == "26 = (28 − 3) / 1 + 1"
    assert conv["params"] == "320 = 3·3·1·32 + 32"
    assert explained("Conv2D", {"padding": "same"}, one)["width"] == "28 = ⌈28 / 1⌉"
    assert explained("MaxPooling2D", {}, TensorSpec((None, 9, 8, 2)))["height"] == (
        "4 = ⌊(9 − 2) / 2⌋ + 1"
    )
    assert explained("Dense", {}, TensorSpec((None, 784)))["params"] == "78,500 = 784·100 + 100"
    merge = explained("Concatenate", {}, TensorSpec((None, 6272)), TensorSpec((None, 3744)))
    assert merge["channels"] == "10,016 = 6,272 + 3,744"
    assert explained("Flatten", {}, TensorSpec((None, 14, 14, 32)))["values"] == "6,272 = 14·14·32"


def test_a_refusal_carries_the_numbers() -> None:
    pool = registry.find("MaxPooling2D")
    assert pool is not None
    with pytest.raises(Refused) as refused:
        pool.rule(pool.settings({"pool_size": (3, 3)}), (TensorSpec((None, 2, 7, 8)),))
    assert refused.value.kind == "window"
    assert "at least 3" in refused.value.sentence
    assert "2 × 7 × 8" in refused.value.sentence
