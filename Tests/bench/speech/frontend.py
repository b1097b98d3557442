# The front end of PocketSphinx's US English model, at its own rate and at half of it.
import numpy as np

FILTERS, KEPT, CONTEXT = 25, 19, 4
FLOOR = 13.8  # nepers below the loudest filter, which is 60 dB


def _filters():
    mel = np.linspace(2595 * np.log10(1 + 130 / 700), 2595 * np.log10(1 + 6800 / 700), FILTERS + 2)
    edges = np.floor(700 * (10 ** (mel / 2595) - 1) / 31.25 + 0.5) * 31.25
    hertz = np.arange(257) * 31.25
    rows = []
    for left, centre, right in zip(edges, edges[1:], edges[2:]):
        rise, fall = (hertz - left) / (centre - left), (right - hertz) / (right - centre)
        rows.append(np.maximum(np.minimum(rise, fall), 0) * 2 / (right - left))
    return np.array(rows)


BANK = _filters()


def energies(samples, rate):
    """Log mel energies; what is above half the rate is missing."""
    length, shift = 205 * rate // 8000, 80 * rate // 8000
    size = 256 * rate // 8000
    count = max(0, 1 + (len(samples) - length) // shift)
    frames = np.stack([samples[i * shift:i * shift + length] for i in range(count)])
    window = 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(length) / (length - 1))
    power = np.abs(np.fft.rfft(frames * window, size)) ** 2 * (16000 / rate) ** 2
    # What the model's front end does to the sound before the window, done to the spectrum.
    angle = 2 * np.pi * np.arange(power.shape[1]) * 31.25 / 16000
    power *= 1 - 2 * 0.97 * np.cos(angle) + 0.97 ** 2
    return np.log(power @ BANK[:, :power.shape[1]].T + 1e-4)


def normalised(low):
    """The lower filters over a floor and without their means; and that floor."""
    low = low[:, :KEPT]
    floor = low.max() - FLOOR
    low = np.maximum(low, floor)
    return low - low.mean(0), floor


def windows(low):
    """Each frame with those around it."""
    padded = np.pad(low, ((CONTEXT, CONTEXT), (0, 0)), mode="edge")
    return np.concatenate([padded[i:i + len(low)] for i in range(2 * CONTEXT + 1)], 1)
