"""Start TensorFlow. This takes seconds, so import it only when needed."""

import contextlib
import functools
import os
import sys
import tempfile

from common.program import fail


@contextlib.contextmanager
def quiet():
    """Hide what TensorFlow's C++ part logs, but show it after an error."""
    if LOG_IS_WANTED:
        yield
        return
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as log:
        os.dup2(log.fileno(), 2)
        try:
            yield
        except BaseException:
            log.seek(0)
            os.write(stderr, log.read())
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)


# Given a flag that it does not know, XLA logs that and ends the process.
LOG_IS_WANTED = not {
    'TF_CPP_MIN_LOG_LEVEL',
    'TF_XLA_FLAGS',
    'XLA_FLAGS',
}.isdisjoint(os.environ)
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
# With oneDNN, convolutions take half the time or less, but TensorFlow leaves
# it off on CPUs without AVX512-VNNI.
os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')
with quiet():
    import tensorflow as tf

    tf.config.list_physical_devices()  # the first time, it logs
try:
    keras = tf.keras
    found = f'its backend is {keras.backend.backend()!r}'
except ImportError as error:
    # The first error says only that there is no Keras.
    cause = str(error.__context__ or error).rstrip('.')
    found = f'it cannot be imported: {cause}'
if found != "its backend is 'tensorflow'":
    fail(
        f'the mains need Keras with TensorFlow as its backend, but {found}. '
        'Set KERAS_BACKEND=tensorflow, which goes before keras.json, and '
        'TF_USE_LEGACY_KERAS=0'
    )
# Keras 2 inside of TensorFlow has no version of its own.
KERAS_VERSION = tuple(
    int(part)
    for part in getattr(keras, '__version__', tf.__version__).split('.')[:2]
)


@functools.cache
def has_xla():
    """Tell whether TensorFlow can compile for this CPU with XLA."""
    try:
        with quiet(), tf.device('CPU'):
            tf.function(lambda x: x + 1, jit_compile=True, autograph=False)(
                tf.zeros(1)
            )
    except Exception:  # its type depends on the platform
        return False
    return True


def strategy(options):
    """Return how TensorFlow distributes a training over devices.

    That is over several workers where `TF_CONFIG` is set, else over all GPUs.

    Args:
        options: What `parse_options` returned.

    Raises:
        SystemExit: With status 2 and one line, if this Keras cannot train on
            several workers.
    """
    if options.several_workers:
        if KERAS_VERSION >= (3,):
            fail(
                'TF_CONFIG is set, but Keras 3 cannot train on several '
                'workers (keras issue 20585): "pip install tf-keras" and '
                'set TF_USE_LEGACY_KERAS=1 on each of them'
            )
        return tf.distribute.MultiWorkerMirroredStrategy()
    if len(tf.config.list_physical_devices('GPU')) > 1:
        return tf.distribute.MirroredStrategy()
    return tf.distribute.get_strategy()
