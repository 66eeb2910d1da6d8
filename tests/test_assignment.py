"""The assignment's own main scripts run unmodified beside the modules."""
import pytest
from conftest import MODULES, ROOT, run_python

# Runs in a fresh process: a script as it is, only on a few digits, for one
# epoch, and without the minute that 625 subplots take.
RUN = """
import runpy, sys
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
with np.load(sys.argv[2]) as data:
    train, test = ((data['x_' + part], data['y_' + part])
                   for part in ('train', 'test'))
tf.keras.datasets.mnist.load_data = lambda: (train, test)
fit = tf.keras.Model.fit
def fit_once(model, *args, epochs, **kwargs):
    assert epochs == 50
    return fit(model, *args, epochs=1, **kwargs)
tf.keras.Model.fit = fit_once
axis = plt.subplot()
plt.subplot = lambda *args: axis
shown = []
plt.imshow = lambda image: shown.append(image.shape)
runpy.run_path(sys.argv[1], run_name='__main__')
print('shown:', len(shown), set(shown))
"""


@pytest.mark.parametrize('module', MODULES)
def test_main_script_of_the_assignment(module, data):
    script = ROOT / 'tests' / 'assignment' / f'{module[0]}-main.py'
    done = run_python('-c', RUN, script, data, PYTHONPATH=str(ROOT))
    images = 20 + (625 if module == '3-variational' else 0)
    assert f'shown: {images} {{(28, 28)}}' in done.stdout
