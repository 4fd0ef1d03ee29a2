"""A layer's maps for one sample, by the program and its section (server half)."""

from engine.failures import failed
from engine.loaded import Loaded, WeightsError, plain
from engine.protocol import Event, Failed, Maps, MapsReady


class Activations:
    """Answers `Maps`; what is loaded stays loaded, so that the next answer is fast."""

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded

    def answer(self, request: Maps) -> Event:
        """Return `MapsReady` or `Failed`."""
        loaded = self._loaded
        try:
            loaded.load(request.program, request.folder, request.weights)
            show = loaded.defined(request.section, "activation_maps")
            inputs, maps = show(loaded.model, loaded.data, request.sample)
            return MapsReady(inputs=[plain(value) for value in inputs], maps=plain(maps))
        except WeightsError as error:
            return Failed(sentence=str(error), line=None, traceback="")
        except Exception as error:  # noqa: BLE001 - a program may raise anything
            return failed(error)
