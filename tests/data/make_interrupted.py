#!/usr/bin/env python3
"""Write the interrupted trainings that test_interrupted.py goes on with.

Run it on each Keras that one of them should come from.
"""
import contextlib
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / 'mains')]


def train(output, epochs, stop_after=None, batch_size=8):
    """Train a small sparse autoencoder as the mains do.

    Args:
        output: `Path` of the folder for history and interrupted training.
        epochs: Integer, as of `--epochs`.
        stop_after: Integer, the epoch after which a Ctrl-C comes, or None.
        batch_size: Integer, as of `--batch-size`.

    Returns:
        The autoencoder.
    """
    import tensorflow as tf

    from common.start import seeded_on_all_devices
    from common.training import fast_and_resumable
    tf.keras.backend.clear_session()
    # The same to the bit everywhere, unlike what a generator gives.
    x = (np.arange(53 * 12) * 37 % 101 / 101).astype('float32').reshape(-1, 12)
    options = SimpleNamespace(epochs=epochs, batch_size=batch_size, seed=0,
                              data=None, output=output, verbose=0)

    class Stop(tf.keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == stop_after:
                raise KeyboardInterrupt

    with seeded_on_all_devices(0):
        _, _, auto = __import__('1-sparse').autoencoder(12, [8, 6], 4, 0.01)
    with fast_and_resumable(auto, x, x[:13], options) as training:
        training.more['callbacks'].append(Stop())
        auto.fit(training.batches, epochs=epochs,
                 validation_data=training.test_batches, **training.more)
    return auto


def main():
    """Save the state after 2 epochs, and the history of the 4 there are."""
    import tensorflow as tf
    version = getattr(tf.keras, '__version__', tf.__version__)
    name = 'interrupted-' + '.'.join(version.split('.')[:2])
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder)
        train(output, epochs=4)
        (FOLDER / f'{name}.csv').write_bytes(
            (output / 'history.csv').read_bytes())
        (output / 'interrupted.npz').unlink()
        with contextlib.suppress(SystemExit):
            train(output, epochs=4, stop_after=2)
        (FOLDER / f'{name}.npz').write_bytes(
            (output / 'interrupted.npz').read_bytes())


if __name__ == '__main__':
    main()
