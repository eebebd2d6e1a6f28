import subprocess
import sys

import pytest

import suno_lab.engine as engine


def test_every_public_name_is_there() -> None:
    assert sorted(engine.__all__) == dir(engine)
    for name in engine.__all__:
        assert getattr(engine, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        engine.nonsense  # noqa: B018


def test_composing_needs_no_heavy_library() -> None:
    code = (
        "import sys; from suno_lab.engine import Brief, compose; compose(Brief(description='a song'), seed=1); "
        "print([m for m in ('onnxruntime', 'scipy', 'pyworld', 'fluidsynth', 'PIL', 'librosa') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
