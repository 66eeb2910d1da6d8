"""The start of TensorFlow, and the devices that models are built on."""
import contextlib
import functools
import os
import subprocess
import sys

from common.ending import refuse

# Who sets the level of TensorFlow's log wants to see it.
WANTS_LOG = 'TF_CPP_MIN_LOG_LEVEL' in os.environ
# Runs beside the start of TensorFlow: what that writes is shown if it ends
# without the word that all went well.
LISTENER = '''
import sys
text = sys.stdin.buffer.read()
if not text.endswith(b"started"):
    sys.stderr.buffer.write(text)
'''


@functools.cache
def start_tensorflow():
    """Import TensorFlow and return it, without its start-up chatter.

    The import takes seconds, so it waits until the options are checked.

    Raises:
        SystemExit: With status 2 and one line, if Keras is set to another
            backend, or cannot be imported as it is set.
    """
    # TensorFlow leaves oneDNN off on CPUs without AVX512-VNNI, where it
    # halves the time of convolutions.
    os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')
    with _quiet():
        import tensorflow as tf
        tf.config.list_physical_devices()  # the first time, it chatters
        try:
            found = f'its backend is {tf.keras.backend.backend()!r}'
        except ImportError as error:
            # The first error says only that there is no Keras.
            cause = str(error.__context__ or error).rstrip('.')
            found = f'it cannot be imported: {cause}'
    if found != "its backend is 'tensorflow'":
        refuse('the mains need Keras with TensorFlow as its backend, but '
               f'{found}. Set KERAS_BACKEND=tensorflow, which goes before '
               'keras.json, and TF_USE_LEGACY_KERAS=0')
    return tf


@contextlib.contextmanager
def _quiet():
    """Keep TensorFlow's log out of sight, unless it is its last words."""
    if WANTS_LOG:
        yield
        return
    os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
    # Before TensorFlow looks at the level, its C++ part writes to standard
    # error, so that has to lead elsewhere.
    sys.stderr.flush()
    stderr = os.dup(2)
    # A Ctrl-C in a terminal goes to all processes of its session.
    with subprocess.Popen([sys.executable, '-S', '-c', LISTENER],
                          stdin=subprocess.PIPE,
                          start_new_session=True) as listener:
        os.dup2(listener.stdin.fileno(), 2)
        try:
            yield
            os.write(2, b'started')
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)


@functools.cache
def has_xla():
    """Tell whether TensorFlow can compile for this CPU with XLA."""
    tf = start_tensorflow()
    try:
        with _quiet(), tf.device('CPU'):
            tf.function(lambda x: x + 1, jit_compile=True)(tf.zeros(1))
    except Exception:  # its type depends on the platform
        return False
    return True


@contextlib.contextmanager
def seeded_on_all_devices(seed):
    """Seed all random numbers, and build models on the devices that are set.

    These are several workers where `TF_CONFIG` is set, else all GPUs, else
    the CPU.

    Args:
        seed: Integer.

    Raises:
        SystemExit: With status 2 and one line, if `TF_CONFIG` is set and this
            Keras cannot train on several workers.
    """
    tf = start_tensorflow()
    if 'TF_CONFIG' not in os.environ:
        strategy = (tf.distribute.MirroredStrategy()
                    if len(tf.config.list_physical_devices('GPU')) > 1
                    else tf.distribute.get_strategy())
    elif hasattr(tf.keras, 'ops'):  # Keras 3
        refuse('TF_CONFIG is set, but Keras 3 cannot train on several workers '
               '(keras issue 20585): "pip install tf-keras" and set '
               'TF_USE_LEGACY_KERAS=1 on each of them')
    else:
        strategy = tf.distribute.MultiWorkerMirroredStrategy()
    tf.keras.utils.set_random_seed(seed)
    with strategy.scope():
        yield
