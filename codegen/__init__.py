"""A drawing to readable Keras 3 source, in which every line knows its node. No Qt, no Keras."""

from codegen.emit_preview import emit_variations
from codegen.emit_stages import emit_stages
from codegen.program import (
    confusion_listing,
    emit,
    emit_activations,
    emit_view,
    image_listing,
    listing,
)
from codegen.source import Program

__all__ = [
    "Program",
    "confusion_listing",
    "emit",
    "emit_activations",
    "emit_stages",
    "emit_variations",
    "emit_view",
    "image_listing",
    "listing",
]
