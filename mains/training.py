"""The training: TensorFlow's set-up, the fast way to feed it, the results."""
import atexit
import contextlib
import functools
import os
import sys
import tempfile
from pathlib import Path

from files import save_whole
from interrupted import Backup
from options import ROOT, refuse

# Training steps in one call from Python, at the most: the progress bar only
# moves after each call, and more gain nothing.
MOST_STEPS_PER_EXECUTION = 64


@functools.cache
def start_tensorflow():
    """Import TensorFlow and return it, without its start-up chatter.

    The import takes seconds, so it waits until the options are checked.
    """
    # TensorFlow leaves oneDNN off on CPUs without AVX512-VNNI, where it
    # halves the time of convolutions.
    os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')
    user_wants_log = 'TF_CPP_MIN_LOG_LEVEL' in os.environ
    with contextlib.nullcontext() if user_wants_log else _quiet():
        import tensorflow as tf
        tf.config.list_physical_devices()
        # XLA chatters too, when it is first used. But nothing may be computed
        # before the strategy for several workers is made.
        if not user_wants_log and 'TF_CONFIG' not in os.environ:
            _has_xla()
    return tf


@contextlib.contextmanager
def _quiet():
    """Keep TensorFlow's log out of sight for as long as this lasts."""
    os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
    # Before TensorFlow looks at the level, its C++ part writes to standard
    # error, so that has to lead elsewhere.
    sys.stderr.flush()
    stderr = os.dup(2)
    with open(os.devnull, 'wb') as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)


@functools.cache
def _has_xla():
    """Tell whether TensorFlow can compile for this CPU with XLA."""
    import tensorflow as tf
    try:
        with tf.device('CPU'):
            tf.function(lambda x: x + 1, jit_compile=True)(tf.zeros(1))
    except Exception:  # its type depends on the platform
        return False
    return True


def load_module(options):
    """Seed all random numbers and load the module that a main trains.

    The environment decides where the models go: with `TF_CONFIG` on several
    workers, else on all GPUs.

    Args:
        options: What `parse_options` returned. On a worker that is not the
            chief, `output` becomes a temporary folder.

    Returns:
        The function `autoencoder` of the module.

    Raises:
        SystemExit: With status 2 and one line, if `TF_CONFIG` is set and this
            Keras cannot train on several workers.
    """
    tf = start_tensorflow()
    strategy = _strategy(options)
    tf.keras.utils.set_random_seed(options.seed)
    sys.path.insert(0, str(ROOT))
    autoencoder = __import__(options.module).autoencoder

    @functools.wraps(autoencoder)
    def autoencoder_on_devices(*args):
        with strategy.scope():
            return autoencoder(*args)
    return autoencoder_on_devices


def _strategy(options):
    """Return the distribution strategy that the environment asks for."""
    import tensorflow as tf
    if 'TF_CONFIG' not in os.environ:
        if len(tf.config.list_physical_devices('GPU')) > 1:
            return tf.distribute.MirroredStrategy()
        return tf.distribute.get_strategy()
    if hasattr(tf.keras, 'ops'):  # Keras 3
        refuse('TF_CONFIG is set, but Keras 3 cannot train on several workers '
               '(keras issue 20585): "pip install tf-keras" and set '
               'TF_USE_LEGACY_KERAS=1 on each of them')
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    cluster = strategy.cluster_resolver
    chief = ('chief' if 'chief' in cluster.cluster_spec().jobs else 'worker',
             0)
    if cluster.task_type and (cluster.task_type, cluster.task_id) != chief:
        # Every worker has to save, but only the chief's files are kept.
        folder = tempfile.TemporaryDirectory()
        atexit.register(folder.cleanup)
        options.output = Path(folder.name)
    return strategy


def train(auto, x_train, x_test, options):
    """Train an autoencoder, or go on where its training was interrupted.

    After each epoch there is a row more in `history.csv`, in the output
    folder, and what it takes to go on is in `interrupted/` there.

    Args:
        auto: Compiled Keras model whose outputs have the shape of its inputs.
        x_train: Array `(n, ...)`, the inputs to learn, in an order that the
            seed and the epoch decide.
        x_test: Array `(n, ...)`, the inputs for `val_loss`.
        options: What `parse_options` returned.

    Raises:
        SystemExit: With one line. Status 2 if the interrupted training had
            other options, 1 if the loss is not finite, 130 after Ctrl-C.
    """
    callbacks = start_tensorflow().keras.callbacks
    backup = Backup(options, auto, x_train, x_test)
    first_epoch = backup.restore(_steps(x_train, options.batch_size))
    with compiled_for_speed(auto, x_train, x_test, options.batch_size):
        try:
            fit(auto, x_train, x_test, options.batch_size, options.seed,
                range(first_epoch, options.epochs),
                [callbacks.TerminateOnNaN(),
                 callbacks.CSVLogger(options.output / 'history.csv',
                                     append=first_epoch > 0),
                 callbacks.LambdaCallback(on_epoch_end=backup.save)])
        except KeyboardInterrupt:
            refuse('interrupted: the same command goes on after the last '
                   'finished epoch', status=130)
        if auto.stop_training:  # by TerminateOnNaN
            refuse('the loss is not finite any more, so the training '
                   'stopped; nothing was saved', status=1)


@contextlib.contextmanager
def compiled_for_speed(auto, x_train, x_test, batch_size):
    """Compile `auto` for a fast `fit` on some data for as long as this lasts.

    Afterwards it is compiled as before, because these options would be saved
    with it, and they may not suit another machine or other data.

    Args:
        auto: Compiled Keras model.
        x_train, x_test: Arrays `(n, ...)`.
        batch_size: Integer.
    """
    tf = start_tensorflow()
    if auto.distribute_strategy.num_replicas_in_sync > 1:
        yield
        return
    config = auto.get_compile_config()
    compile_auto = functools.partial(
        auto.compile, auto.optimizer, config['loss'],
        loss_weights=config['loss_weights'])
    # XLA is slow in the gradient of max pooling, and unmeasured on GPUs.
    pools = any(isinstance(layer, tf.keras.layers.MaxPooling2D)
                for part in auto.layers[1:] for layer in part.layers)
    gpu = tf.config.list_physical_devices('GPU')
    xla = {'jit_compile': True} if not pools and not gpu and _has_xla() else {}
    compile_auto(steps_per_execution=_steps_per_execution(
        x_train, x_test, batch_size), **xla)
    try:
        yield
    finally:
        compile_auto()


def fit(auto, x_train, x_test, batch_size, seed, epochs, callbacks=(),
        **options):
    """Fit a model to its own inputs.

    Args:
        auto: Compiled Keras model.
        x_train: Array `(n, ...)`, the inputs to learn.
        x_test: Array `(n, ...)`, the inputs for `val_loss`, or None.
        batch_size: Integer.
        seed: Integer that decides the order, with the epoch.
        epochs: Range of integers.
        callbacks: List of Keras callbacks.
        **options: More options of `keras.Model.fit`.
    """
    steps = _steps(x_train, batch_size)
    tests = None if x_test is None else _in_order(
        x_test, _steps_per_execution(x_train, x_test, batch_size), batch_size)
    auto.fit(_shuffled(x_train, batch_size, steps, seed, epochs),
             epochs=epochs.stop, initial_epoch=epochs.start,
             steps_per_epoch=steps, shuffle=False,
             validation_data=tests,
             callbacks=list(callbacks), **options)


def _steps(x, batch_size):
    """Return the number of batches in an epoch."""
    return -(-len(x) // batch_size)


def _steps_per_execution(x_train, x_test, batch_size):
    """Return how many batches to train on, or to test on, in one call.

    It divides the number of all batches: of a rest, Keras 3 before 3.14
    loses the losses, or even trains on batches of the next epoch.
    """
    steps = _steps(x_train, batch_size)
    most = min(MOST_STEPS_PER_EXECUTION, len(x_test))
    return max(n for n in range(1, most + 1) if steps % n == 0)


def _shuffled(x, batch_size, steps, seed, epochs):
    """Return a dataset of pairs of a batch of `x` and itself.

    `fit` on arrays gathers each batch twice, once as input and once as
    target; here it is gathered once. The order depends on the seed and the
    epoch alone, so that it is the same when a training is resumed.
    """
    import tensorflow as tf
    rows = tf.range(len(x))

    def batches_of_rows(epoch):
        order = tf.random.experimental.stateless_shuffle(rows, [seed, epoch])
        return tf.data.Dataset.range(steps).map(
            lambda i: order[i * batch_size:(i + 1) * batch_size])

    with tf.device('CPU'):
        x = tf.constant(x)
    return _pairs(tf.data.Dataset.range(epochs.start, epochs.stop)
                  .flat_map(batches_of_rows).map(lambda i: tf.gather(x, i)))


def _in_order(x, steps, batch_size):
    """Return a dataset of pairs of a batch of `x` and itself, in order.

    The number of batches is a multiple of `steps`, and so they are of about
    `batch_size` only.
    """
    import tensorflow as tf
    steps *= max(1, len(x) // batch_size // steps)
    with tf.device('CPU'):
        x = tf.constant(x)
    return _pairs(tf.data.Dataset.range(steps).map(
        lambda i: x[i * len(x) // steps:(i + 1) * len(x) // steps]))


def _pairs(batches):
    """Return a dataset of pairs of each batch with itself."""
    import tensorflow as tf
    distribution = tf.data.Options()
    distribution.experimental_distribute.auto_shard_policy = (
        tf.data.experimental.AutoShardPolicy.DATA)
    return batches.map(lambda batch: (batch, batch)).prefetch(
        tf.data.AUTOTUNE).with_options(distribution)


def save_models(options, **models):
    """Save models to the output folder, under their names, and say where.

    With this a training is complete: what it takes to go on is removed.

    Args:
        options: What `parse_options` returned.
        **models: Keras models, saved as `<name>.keras`.
    """
    for name, model in models.items():
        save_whole(options.output / f'{name}.keras', model.save)
    Backup.remove(options.output)
    print('The pictures, the history and the models are in', options.output)
