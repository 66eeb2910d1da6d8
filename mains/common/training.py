"""The training: its batches, its backup, and what makes `fit` fast."""

import contextlib
import csv
import io
import json
import math
import re
import tempfile
import zlib
from pathlib import Path

import h5py
import numpy as np

from common import ROOT
from common.formulas import divergence
from common.program import fail, write_atomically
from common.start import KERAS_VERSION, has_xla, keras, tf


def shuffled_batches(pixels, options, first_epoch=0):
    """Return the batches of all epochs, each as input and as target.

    `fit` on arrays gathers each batch twice; here it is gathered once, and
    the pixels stay bytes until then. The order depends on the seed and the
    number of the epoch alone, so it is the same when a training is resumed.

    Args:
        pixels: Array `(n, ...)` of bytes.
        options: With the integers `batch_size` (an epoch's last batch has
            the rest), `seed` and `epochs`.
        first_epoch: Integer, the number of the epoch to start with.

    Returns:
        A `tf.data.Dataset` of pairs of tensors `(batch_size, ...)`, float32
        in [0, 1], and the number of them in an epoch: `fit` wants it as
        `steps_per_epoch`.
    """
    size = options.batch_size
    steps = math.ceil(len(pixels) / size)
    with tf.device('CPU'):
        pixels = tf.constant(pixels)

    def rows(epoch):
        order = tf.random.experimental.stateless_shuffle(
            tf.range(len(pixels)), [options.seed, epoch]
        )
        return tf.data.Dataset.range(steps).map(
            lambda i: order[i * size : (i + 1) * size]
        )

    def pair(rows):
        batch = tf.cast(tf.gather(pixels, rows), 'float32') / 255
        return batch, batch

    # One dataset for all epochs: to start one takes time.
    return _for_fit(
        tf.data.Dataset.range(first_epoch, options.epochs)
        .flat_map(rows)
        .map(pair)
    ), steps


def validation_batches(x):
    """Return batches for the `validation_data` of `fit`.

    Args:
        x: Array `(n, ...)` of inputs.

    Returns:
        A `tf.data.Dataset` of pairs of tensors `(250, ...)`, each input also
        as target. The last one has the rest.
    """
    with tf.device('CPU'):
        x = tf.constant(x)
    return _for_fit(
        tf.data.Dataset.from_tensor_slices(x)
        .batch(250)
        .map(lambda batch: (batch, batch))
    )


def _for_fit(batches):
    """Return a dataset as `fit` should get it, with batches made ahead."""
    options = tf.data.Options()
    options.experimental_distribute.auto_shard_policy = (
        tf.data.experimental.AutoShardPolicy.DATA
    )
    # The thread that tunes a dataset sleeps for 10 ms, 20 ms, ... up to a
    # minute, and the end of `fit` waits for it: TensorFlow wakes it before it
    # sets the flag that the thread looks at (CancellationManager::StartCancel,
    # Model::OptimizeLoop).
    options.autotune.enabled = False
    return batches.prefetch(8).with_options(options)


@contextlib.contextmanager
def compiled_for_speed(auto, steps):
    """Compile `auto` for a fast `fit` inside of the `with` block.

    Afterwards it is compiled as before: these options would be saved with it,
    and they may not suit another machine.

    Args:
        auto: Compiled Keras model.
        steps: Integer, the training steps of an epoch.
    """
    if auto.distribute_strategy.num_replicas_in_sync > 1:
        yield
        return
    config = auto.get_compile_config()

    def compile_auto(**options):
        auto.compile(
            auto.optimizer,
            config['loss'],
            loss_weights=config['loss_weights'],
            **options,
        )

    # Training steps in one call from Python. If their number does not divide
    # the steps of an epoch, Keras 3 trains past its end. If it does not divide
    # those of a validation, Keras 3.0 to 3.6 lose a part of its loss.
    calls = (
        1
        if (3, 0) <= KERAS_VERSION < (3, 7)
        else max(n for n in range(1, 65) if steps % n == 0)
    )
    # XLA is slow in the gradient of max pooling, and unmeasured on GPUs.
    pools = any(
        isinstance(layer, keras.layers.MaxPooling2D)
        for part in auto.layers[1:]
        for layer in part.layers
    )
    gpu = tf.config.list_physical_devices('GPU')
    compile_auto(
        steps_per_execution=calls,
        **(
            {'jit_compile': True}
            if not pools and not gpu and has_xla()
            else {}
        ),
    )
    try:
        yield
    finally:
        compile_auto()


class Backup(keras.callbacks.Callback):
    """Save a training after each epoch, so that it can be resumed.

    `interrupted.weights.h5` has the weights of the model and of Adam, and how
    the training was started. `history.csv` has the losses of each epoch.
    Keras' own BackupAndRestore writes several files in place: killed
    between two, it trains an epoch twice or cannot go on.

    Args:
        auto: Compiled Keras model. If there is an interrupted training, its
            state is put back.
        x_train, x_test: Arrays that the model is trained and tested with.
        options: What `parse_options` returned.

    Attributes:
        epoch: Integer, the epochs that are done: the `initial_epoch` of `fit`.

    Raises:
        SystemExit: With status 2 and one line, if the interrupted training
            was started in another way, or cannot be read.
    """

    def __init__(self, auto, x_train, x_test, options):
        """Record the options of this training; resume an interrupted one."""
        super().__init__()
        self.file = options.output / 'interrupted.weights.h5'
        self.history = options.output / 'history.csv'
        self.options = options
        self.rows = []
        checksum = zlib.crc32(x_test, zlib.crc32(x_train))
        module = f'{options.module}.py'
        self.start = {
            'Keras': '.'.join(map(str, KERAS_VERSION)),
            '--seed': options.seed,
            '--batch-size': options.batch_size,
            '--data': f'{len(x_train):,} digits (checksum {checksum:08x})',
            # A second run in one notebook numbers its layers otherwise.
            'the model': re.sub(r'_\d+"', '"', auto.to_json()),
            # The model's text does not say what a layer adds to the loss.
            module: zlib.crc32((ROOT / module).read_bytes()),
        }
        if self.file.exists():
            self._restore(auto)
        self.epoch = len(self.rows)

    def on_epoch_end(self, epoch, logs=None):
        """Save the state, unless a loss is not finite: then end."""
        if not np.isfinite(list(logs.values())).all():
            fail(
                'the loss became NaN or infinite, so training stopped. '
                + (
                    'To start again, for example with another --batch-size, '
                    f'remove {self.file}'
                    if self.rows
                    else 'Nothing was saved'
                ),
                status=1,
            )
        self.rows.append({'epoch': epoch, **logs})
        if not self.options.several_workers:
            write_atomically(self.file, saved(self._save, self.file.name))
        self._write_history()

    def remove(self):
        """Remove the state: the training and all that follows are done."""
        self.file.unlink(missing_ok=True)

    def _save(self, file):
        """Save the weights, those of Adam, and how it all was started."""
        self.model.save_weights(file)
        with h5py.File(file, 'a') as opened:
            opened['state'] = json.dumps([self.start, self.rows])

    def _restore(self, auto):
        """Put back the state after the last finished epoch."""
        if self.options.several_workers:
            # Other workers may not see this file.
            self._fail('several workers cannot resume it')
        try:
            with h5py.File(self.file) as opened:
                start, self.rows = json.loads(opened['state'][()])
            why = self._change(start)
            if not why:
                with auto.distribute_strategy.scope():
                    auto.optimizer.build(auto.trainable_variables)
                    auto.load_weights(str(self.file))
        except Exception as error:  # whatever HDF5, JSON and Keras think of it
            why = f'it cannot be read ({error})'
        if why:
            self._fail(why)
        self._write_history()
        print(
            f'Resuming after epoch {len(self.rows)} of '
            f'{self.options.epochs}. The digits come in the same order as '
            "without the interruption; a model's random noise does not."
        )

    def _change(self, start):
        """Return why the saved training cannot go on, or an empty text."""
        changed = [
            name for name in self.start if start.get(name) != self.start[name]
        ]
        if 'Keras' in changed and 'the model' in changed:
            # Versions of Keras write the same model differently.
            changed.remove('the model')
        changes = [
            f'{name} was {start[name]}, now {self.start[name]}'
            if name in ('Keras', '--seed', '--batch-size', '--data')
            else f'{name} has changed'
            for name in changed
        ]
        if '--data' in changed and not self.options.data:
            changes.append(
                'without --data, the digits depend on whether '
                'MNIST could be loaded'
            )
        if len(self.rows) > self.options.epochs:
            changes.append(
                f'{len(self.rows)} epochs are done, but --epochs '
                f'is {self.options.epochs}'
            )
        return '; '.join(changes)

    def _write_history(self):
        """Write the losses of all epochs so far."""
        file = io.StringIO(newline='')
        writer = csv.DictWriter(file, self.rows[0])
        writer.writeheader()
        writer.writerows(self.rows)
        write_atomically(self.history, file.getvalue().encode())

    def _fail(self, why):
        """End the program with one line on how to resume."""
        fail(
            f'{self.file} holds an interrupted training, but {why}. To '
            'resume it, use the same options as before. To start again, '
            'remove that file or choose another folder with --output'
        )


def print_loss(auto, x, mean, log_variance):
    """Print the two terms of the variational autoencoder's loss.

    If the KL divergence is near 0, the codes say nothing, and all inputs are
    decoded to the same image.

    Args:
        auto: Compiled Keras model.
        x: Array `(n, ...)` of inputs in [0, 1].
        mean, log_variance: Arrays `(n, latent)`, what the encoder makes of
            them.
    """
    kl = divergence(mean, log_variance).sum(axis=1).mean()
    loss = auto.evaluate(x, x, batch_size=250, verbose=0)
    print(
        f'val_loss {loss:.2f} = cross-entropy {loss - kl:.2f} '
        f'+ KL divergence {kl:.2f}'
    )


def save_models(output, *models):
    """Save models to the folder `output`, each as `<its name>.keras`.

    Args:
        output: `Path` of the folder.
        *models: Keras models.

    Raises:
        OSError: If one cannot be written.
    """
    for model in models:
        file = output / f'{model.name}.keras'
        write_atomically(file, saved(model.save, file.name))


def saved(save, name):
    """Return the bytes that a method of a Keras model saves to a file.

    Keras writes in place and in steps, and on a full disk HDF5 may end the
    process. So this saves into a temporary folder, and reads the file.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        save(str(file))
        return file.read_bytes()
