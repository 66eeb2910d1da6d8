"""The training: its batches, its backup, and what makes `fit` fast."""

import contextlib
import csv
import io
import json
import math
import re
import shutil
import sys
import tempfile
import textwrap
import time
import zlib
from pathlib import Path

import h5py
import numpy as np

from common import modules
from common.program import (
    fail,
    replacing,
    temporary_files_in,
    write_atomically,
)
from common.start import KERAS_VERSION, has_xla, keras, tf

# For functions of plain TensorFlow: to transform one, AutoGraph would write a
# temporary file, for which there may be no room.
as_it_is = tf.autograph.experimental.do_not_convert


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

    @as_it_is
    def rows(epoch):
        order = tf.random.experimental.stateless_shuffle(
            tf.range(len(pixels)), [options.seed, epoch]
        )
        return tf.data.Dataset.range(steps).map(
            as_it_is(lambda i: order[i * size : (i + 1) * size])
        )

    @as_it_is
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
        .map(as_it_is(lambda batch: (batch, batch)))
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
def prepared_for_fit(auto, steps, options):
    """Prepare for `fit` inside of the `with` block.

    Our models are compiled for speed. The model of a learner stays as it is,
    and if it cannot be trained, one line says so.

    Args:
        auto: Compiled Keras model.
        steps: Integer, the training steps of an epoch.
        options: What `parse_options` returned.
    """
    if options.modules:
        with modules.used(options):
            yield
    else:
        with compiled_for_speed(auto, steps):
            yield


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
    The first is made in memory, as HDF5 may end the process on a full disk.
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
        module = Path(sys.modules[options.module].__file__)
        self.start = {
            'Keras': '.'.join(map(str, KERAS_VERSION)),
            '--seed': options.seed,
            '--batch-size': options.batch_size,
            '--data': f'{len(x_train):,} digits (checksum {checksum:08x})',
            'the model': _as_text(auto),
            # The model's text does not say what a layer adds to the loss.
            module.name: zlib.crc32(module.read_bytes()),
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
            write_atomically(self.file, self._state())
        self._write_history()

    def remove(self):
        """Remove the state: the training and all that follows are done."""
        self.file.unlink(missing_ok=True)

    def _state(self):
        """Return the weights, those of Adam, and how it all was started."""
        file = io.BytesIO()
        with h5py.File(file, 'w') as opened:
            opened['state'] = json.dumps([self.start, self.rows])
            for number, variable in enumerate(_variables(self.model)):
                opened[f'variables/{number}'] = variable.numpy()
        return file.getvalue()

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
                    self._put_back(auto, opened['variables'])
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

    def _put_back(self, auto, saved):
        """Give a model the weights that were saved, and those of Adam."""
        with auto.distribute_strategy.scope():
            auto.optimizer.build(auto.trainable_variables)
            variables = _variables(auto)
            if len(variables) != len(saved):
                raise ValueError(f'{len(saved)} variables')
            for number, variable in enumerate(variables):
                variable.assign(saved[str(number)][()])

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
        writer = csv.DictWriter(file, self.rows[-1])
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


def _as_text(model):
    """Return a text that tells a model from another one."""
    try:
        text = model.to_json()
    except Exception:  # a learner's class may not say what it is made of
        text = str([tuple(weights.shape) for weights in model.weights])
    # A second run in one notebook numbers its layers otherwise.
    return re.sub(r'_\d+(["_])', r'\1', text)


def _variables(model):
    """Return the weights of a compiled model, and those of its optimizer."""
    others = model.optimizer.variables
    if callable(others):  # in Keras 2
        others = others()
    return [*model.weights, *others]


class LossTerms(keras.callbacks.Callback):
    """Add the terms of the variational loss to the losses of each epoch.

    They are averages over the test digits, in nats: `val_cross_entropy`, that
    of a digit and what its code is decoded to, summed over its pixels; and
    `val_kl_divergence`, that of its code's distribution from N(0, I). If the
    divergence is near 0, the codes say nothing, and all inputs are decoded to
    the same image. The codes are sampled anew, so together the terms differ
    a little from `val_loss`.

    Like Keras' LearningRateScheduler, it adds to the `logs` of an epoch, which
    the callbacks behind it and the line of the epoch then have, too.

    Args:
        encoder: Keras model from inputs to codes, means and log variances.
        decoder: Keras model from codes to reconstructions.
        x_test: Array `(n, ...)` of inputs in [0, 1].
    """

    def __init__(self, encoder, decoder, x_test):
        """Keep the models, and the digits as tensors."""
        super().__init__()
        self.batches = [
            tf.constant(x_test[first : first + 1000])
            for first in range(0, len(x_test), 1000)
        ]
        self.count = len(x_test)

        @tf.function(autograph=False)
        def sums(x):
            code, mean, log_variance = encoder(x)
            y = decoder(code)
            parts = tf.exp(log_variance) + mean**2 - 1 - log_variance
            values = keras.losses.binary_crossentropy(x, y)
            return tf.reduce_sum(values) * x.shape[1], tf.reduce_sum(parts) / 2

        self.sums = sums

    def on_epoch_end(self, epoch, logs=None):
        """Add the terms after this epoch to the losses."""
        sums = np.sum([self.sums(x) for x in self.batches], axis=0)
        cross_entropy, divergence = sums / self.count
        logs['val_cross_entropy'] = float(cross_entropy)
        logs['val_kl_divergence'] = float(divergence)


class TimeLeft(keras.callbacks.Callback):
    """Print after the first epoch about how long the others will take."""

    def on_train_begin(self, logs=None):
        """Start anew."""
        self.epochs = self.calls = 0

    def on_epoch_begin(self, epoch, logs=None):
        """Look at the clock; print what is left before the second epoch."""
        if self.epochs == 1:
            left = self.params['epochs'] - epoch
            print(f'Epochs left: {left}, about {duration(left * self.took)}')
        self.begin = time.monotonic()

    def on_train_batch_end(self, batch, logs=None):
        """Leave out the first call, in which TensorFlow compiles."""
        self.calls += 1
        if self.calls == 1:
            self.begin = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        """Count this epoch, and keep how long it took, all calls alike."""
        self.epochs += 1
        if self.epochs == 1:
            took = time.monotonic() - self.begin
            self.took = took * self.calls / max(self.calls - 1, 1)


def duration(seconds):
    """Return a number of seconds as people say it, such as '12 minutes'."""
    if seconds < 90:
        return f'{math.ceil(seconds)} seconds'
    if seconds < 90 * 60:
        return f'{round(seconds / 60)} minutes'
    return f'{seconds / 3600:.1f} hours'


def save_model(model, file):
    """Save a model as a `Path`, all at once.

    Raises:
        OSError: If it cannot be written.
    """
    with replacing(file) as new:
        if is_utf_8(file):
            with temporary_files_in(file.parent):
                model.save(str(new))
            return
        # Keras 2 saves to names in UTF-8 only.
        with tempfile.TemporaryDirectory() as folder:
            saved = Path(folder) / file.name
            model.save(str(saved))
            shutil.copyfile(saved, new)


def is_utf_8(path):
    """Tell whether all of a `Path` can be encoded as UTF-8."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def save_models(output, encoder, decoder, auto):
    """Save the models to a folder, as `encoder.keras` and so on.

    Args:
        output: `Path` of the folder.
        encoder, decoder, auto: Keras models. Of one that Keras cannot save,
            as a learner's class may be, it is printed why not.

    Raises:
        OSError: If a file cannot be written.
    """
    for name, model in (
        ('encoder', encoder),
        ('decoder', decoder),
        ('autoencoder', auto),
    ):
        try:
            save_model(model, output / f'{name}.keras')
        except OSError:
            raise
        except Exception as error:  # of many types
            reason = textwrap.shorten(str(error), 150, placeholder=' ...')
            print(f'Keras could not save {name}.keras: {reason}')
