"""`python -m pytest --solution DIR`, as a person calls it."""
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest
from checker.models import MODULES
from conftest import ROOT
from solutions import (
    CONVOLUTIONAL,
    FAULTS,
    RIGHT,
    SPARSE,
    VANILLA,
    VARIATIONAL,
)


def check(folder, *options, **sources):
    """Check the sources of tasks, `_0` to `_3`; return status and report."""
    folder.mkdir(exist_ok=True)
    for name, source in sources.items():
        (folder / f'{MODULES[int(name[1])]}.py').write_text(source)
    done = subprocess.run(
        [sys.executable, '-m', 'pytest', '-p', 'no:cacheprovider',
         '--solution', str(folder), *map(str, options)], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600)
    assert 'Traceback' not in done.stdout
    return done.returncode, ' '.join(done.stdout.split())


def part(report, task):
    """Return the part of the report that is on one task."""
    title = f'{MODULES[task]}.py, the '
    assert report.count(title) == 1, report
    return re.split(r'\d-\w+\.py, the ', report[report.index(title) + 5:])[0]


def test_wrong_folders_are_errors_of_the_command(tmp_path):
    (tmp_path / 'file').write_text('')
    for folder, says in (('none', 'not a folder'), ('file', 'not a folder'),
                         ('.', 'none of 0-vanilla.py')):
        done = subprocess.run(
            [sys.executable, '-m', 'pytest', '--solution',
             str(tmp_path / folder)], cwd=ROOT, text=True,
            capture_output=True)
        assert done.returncode == 4
        assert says in done.stderr


def test_solutions_that_end_their_process(tmp_path):
    status, report = check(
        tmp_path / 'x', '--time-limit', 10,
        _0=VANILLA + '\nimport time\nwhile True:\n    time.sleep(1)\n',
        _1=SPARSE + '\nimport sys\nsys.exit(0)\n',
        _2=CONVOLUTIONAL.replace('    inputs =', '    import os\n'
                                 '    os._exit(0)\n    inputs ='),
        _3='raise KeyError("no such thing")\n')
    assert status == 1
    for task, says in enumerate((
            'stopped after 10 seconds, the time limit, while importing '
            '0-vanilla.py', 'SystemExit: 0, in line 36: `sys.exit(0)`',
            'ended with status 0, while calling autoencoder((28, 28, 1)',
            "KeyError: 'no such thing', in line 1: `raise KeyError")):
        text = part(report, task)
        assert says in text
        assert text.count(says) == 1
        assert '0 of ' in text
    assert not list((tmp_path / 'x').glob('__pycache__'))


def test_solutions_that_change_their_process(tmp_path):
    import tensorflow as tf
    closed, = (fault.write() for fault in FAULTS
               if fault.mistake == 'loss-closed-over-symbolic-tensors')
    noise = """
import os, sys
import matplotlib.pyplot as plt
print('x' * 100000)
plt.plot([1, 2])
plt.show()
os.close(1)
sys.stdout = sys.stderr = None
"""
    status, report = check(
        tmp_path / 'x', _0=VANILLA + noise,
        _1=SPARSE + "\nkeras.backend.set_floatx('float64')\n",
        _2=CONVOLUTIONAL + '\nkeras.backend.set_image_data_format('
                           "'channels_first')\n",
        _3='import tensorflow as tf\n'
           'tf.compat.v1.disable_eager_execution()\n' + closed)
    assert status == 1
    assert 'right, all 14' in part(report, 0)
    assert 'right, all 15' in part(report, 1)
    assert 'right' not in part(report, 2)
    # On Keras 2, a loss may use symbolic tensors then.
    keras_2 = not hasattr(tf.keras, 'ops')
    assert ('right' in part(report, 3)) == keras_2


def test_report_status_and_junit_of_wrong_solutions(tmp_path):
    xml = tmp_path / 'report.xml'
    wrong = VARIATIONAL.replace('self.add_loss', 'float')
    wrong = wrong.replace('(input_dims, hidden_layers, latent_dims)',
                          '(n, hidden_layers, latent_dims, input_dims=None)')
    wrong = wrong.replace('    inputs = x', '    input_dims = n\n'
                          '    inputs = x')
    wrong = wrong.replace('float(tf.reduce_mean(divergence))', 'pass')
    status, report = check(
        tmp_path / 'x', '--junitxml', xml, _0='def autoencoder(:\n',
        _1='def autoencode():\n    pass\n', _3=wrong)
    assert status == 1
    assert '2-convolutional' not in report
    assert report.count('SyntaxError') == 1
    assert 'in line 1: `def autoencoder(:`' in part(report, 0)
    assert 'It has autoencode.' in part(report, 1)
    text = part(report, 3)
    assert '18 of 19 requirements are met' in text
    assert 'It has no divergence.' in text
    assert 'docs/mistakes.md#divergence-missing' in text
    assert 'Note: The parameters are called n, hidden_layers' in text
    suite = ElementTree.parse(xml).getroot().find('testsuite')
    assert suite.get('tests') == '48'
    assert suite.get('failures') == '3'
    assert suite.get('errors') == '0'


def test_selected_requirements(tmp_path):
    wrong = VANILLA.replace("'sigmoid'", "'tanh'")
    status, report = check(tmp_path, '-k', 'relu', _0=wrong)
    assert (status, 'right, all 2' in report) == (0, True)
    status, report = check(tmp_path, '-k', 'sigmoid or relu', '-x')
    assert (status, '2 of 3 requirements are met' in report) == (1, True)


@pytest.mark.parametrize('task', RIGHT)
def test_own_tests_have_the_assignment_in_their_docstrings(task):
    from checker.judge import requirements
    for name, test in requirements(task).items():
        assert test.__doc__.endswith('.'), name
