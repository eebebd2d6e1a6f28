import numpy as np
import pytest

from suno_lab.audio import Audio
from suno_lab.features import cepstra, contrast, timbre

SR = 22050
T = np.arange(3 * SR) / SR


def tone(hz):
    return timbre.extract(Audio(0.5 * np.sin(2 * np.pi * hz * T), SR))


@pytest.mark.parametrize("hz", [110.0, 1000.0, 5000.0])
def test_a_tone_has_its_own_centre(hz):
    row = tone(hz)
    assert row["spectral_centroid_hz"] == pytest.approx(hz, rel=0.05, abs=12)
    assert row["spectral_rolloff_hz"] == pytest.approx(hz, abs=22)
    assert row["spectral_flatness"] < 0.01
    assert row["spectral_change"] < 0.01
    assert row["low_share"] == pytest.approx(1.0 if hz < 200 else 0.0, abs=0.01)


def test_white_noise_is_flat_and_changes():
    row = timbre.extract(Audio(np.random.default_rng(0).normal(scale=0.1, size=3 * SR), SR))
    assert row["spectral_centroid_hz"] == pytest.approx(SR / 4, rel=0.03)
    assert row["spectral_flatness"] == pytest.approx(np.exp(-np.euler_gamma), abs=0.03)
    assert row["spectral_change"] > 0.15


def test_silence_has_no_colour(silence):
    assert timbre.extract(silence) == {}


@pytest.fixture(scope="module")
def spectra():
    """Magnitudes of a tone that dies away into noise, as librosa sees them."""
    import librosa

    t = np.arange(6 * SR) / SR
    noise = np.random.default_rng(0).normal(scale=0.02, size=len(t))
    y = (0.4 * np.sin(2 * np.pi * 440 * t) * np.exp(-t) + noise).astype(np.float32)
    magnitude = np.abs(librosa.stft(y, n_fft=2048, hop_length=2048, center=False))
    return y, magnitude, list(Audio(y, SR).spectra(2048, 2048))


def test_cepstra_are_those_of_librosa(spectra):
    import librosa

    y, _, blocks = spectra
    reference = librosa.feature.mfcc(y=y, sr=SR, n_mfcc=13, n_fft=2048, hop_length=2048, center=False).T
    np.testing.assert_allclose(cepstra.mel_cepstra(blocks), reference, atol=1e-2)
    bank = librosa.filters.mel(sr=SR, n_fft=2048, n_mels=128)
    np.testing.assert_allclose(cepstra.slaney_filters(2048), bank, atol=1e-6)


def test_contrast_is_that_of_librosa(spectra):
    import librosa

    _, magnitude, blocks = spectra
    reference = librosa.feature.spectral_contrast(S=magnitude, sr=SR).T
    np.testing.assert_allclose(contrast.contrast_db(blocks), reference, atol=0.05)


@pytest.mark.parametrize(
    ("name", "tolerance"), [("centroid", 0.1), ("bandwidth", 0.1), ("rolloff", 11.0), ("flatness", 1e-4)]
)
def test_frame_measures_are_those_of_librosa(spectra, name, tolerance):
    import librosa

    _, magnitude, blocks = spectra
    rate = {} if name == "flatness" else {"sr": SR}
    reference = getattr(librosa.feature, f"spectral_{name}")(S=magnitude, **rate)[0]
    measure = getattr(timbre, name if name == "flatness" else f"{name}_hz")
    np.testing.assert_allclose(measure(np.concatenate(blocks).astype(float)), reference, atol=tolerance)
