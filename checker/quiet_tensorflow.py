"""TensorFlow for the judge: on the CPU, in one thread, without its log.

What TensorFlow's C++ part logs while it starts says nothing about a solution,
so it is hidden, unless the start fails.
"""

import contextlib
import os
import sys
import tempfile


@contextlib.contextmanager
def hidden_log():
    """Hide what is written to the descriptor of stderr, but for an error."""
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


def start():
    """Import TensorFlow, if nobody has; return it."""
    if 'tensorflow' in sys.modules:
        return sys.modules['tensorflow']
    with hidden_log():
        import tensorflow

        # Workers use the other cores.
        tensorflow.config.threading.set_intra_op_parallelism_threads(1)
        tensorflow.config.threading.set_inter_op_parallelism_threads(1)
        tensorflow.config.set_visible_devices([], 'GPU')
        tensorflow.zeros(1)  # the first time, it logs
    return tensorflow


tf = start()
