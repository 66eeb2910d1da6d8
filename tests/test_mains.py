"""The mains: what a person types, and what is then on the disk."""
import csv
import os
import stat

import matplotlib.pyplot as plt
import numpy as np
import pytest
import tensorflow as tf
from conftest import MODULES, ROOT, STOCK, main_of, run_python

PICTURES = {'reconstructions.png'}
FILES = {'history.csv', 'encoder.keras', 'decoder.keras', 'autoencoder.keras'}


@pytest.mark.parametrize('module', MODULES)
def test_one_epoch_headless_from_another_folder(module, data, tmp_path):
    output = tmp_path / 'new' / 'results'
    done = run_python(main_of(module), '--epochs', 1, '--data', data,
                      '--output', output, MPLBACKEND='', DISPLAY='')
    pictures = PICTURES | ({'manifold.png', 'latent.png'}
                           if module == '3-variational' else set())
    assert set(os.listdir(output)) == FILES | pictures
    for name in pictures:
        image = plt.imread(output / name)
        assert image.shape[1] > 400 and image[..., :3].std() > 0.05
    with open(output / 'history.csv', newline='') as file:
        rows = list(csv.DictReader(file))
    assert [row['epoch'] for row in rows] == ['0']
    x, encoder, decoder, auto = reload(module, output, data)
    if module in STOCK:
        # What was printed and what was saved belong together.
        mean = encoder.predict(x[:10], verbose=0).mean()
        printed = [float(line) for line in done.stdout.splitlines()
                   if line.replace('.', '', 1).isdigit()]
        assert printed[-1] == pytest.approx(mean, rel=1e-4)
        assert auto.evaluate(x, x, verbose=0) == pytest.approx(
            float(rows[0]['val_loss']), rel=1e-4)
    assert auto.optimizer.iterations == 4
    # What made the training fast here is not saved for other machines.
    config = auto.get_compile_config()
    assert config['steps_per_execution'] in (1, None)
    assert config['jit_compile'] in (None, False, 'auto')
    if module == '2-convolutional':
        assert done.stdout.startswith('(1000, 28, 28, 1)\n(100, 28, 28, 1)\n')
    assert str(output) in done.stdout.splitlines()[-1]
    assert done.stderr == ''


def reload(module, output, data):
    """Return the test digits and the models that a main has saved."""
    __import__(module)
    models = [tf.keras.models.load_model(output / f'{name}.keras')
              for name in ('encoder', 'decoder', 'autoencoder')]
    with np.load(data) as arrays:
        x = arrays['x_test'].reshape(-1, *models[0].input_shape[1:]) / 255
    return x.astype('float32'), *models


def test_without_data_and_offline_there_are_digits(tmp_path):
    # No such proxy: as good as no internet.
    done = run_python(main_of('2-convolutional'), '--epochs', 1, '--output',
                      tmp_path, HOME=str(tmp_path), KERAS_HOME=str(tmp_path),
                      https_proxy='http://127.0.0.1:9')
    assert 'MNIST is out of reach' in done.stdout
    assert '(4500, 28, 28, 1)\n(500, 28, 28, 1)\n' in done.stdout
    assert done.stderr == ''


def test_same_seed_gives_the_same_to_the_bit(data, tmp_path):
    weights, histories = [], []
    for run in '01':
        output = tmp_path / run
        run_python(main_of('3-variational'), '--epochs', 2, '--data', data,
                   '--output', output, '--seed', 7)
        histories.append((output / 'history.csv').read_text())
        weights.append(tf.keras.models.load_model(
            output / 'decoder.keras').get_weights())
    assert histories[0] == histories[1]
    for first, second in zip(*weights):
        np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize('module', MODULES)
def test_help_has_all_options_with_their_defaults(module):
    done = run_python('-X', 'importtime', main_of(module), '--help')
    for option, default in (('--epochs', '50'), ('--batch-size', '256'),
                            ('--seed', '0'), ('--data', 'MNIST'),
                            ('--output', f'results/{module}')):
        assert option in done.stdout
        after = ''.join(done.stdout.split(option)[-1].split('--')[0].split())
        assert 'default:' in after and default in after
    assert 'tensorflow' not in done.stderr


BAD_OPTIONS = [('--epochs', '0'), ('--epochs', '1.5'), ('--batch-size', '-1'),
               ('--batch-size', '0'), ('--seed', '-1'), ('--seed', 'x'),
               ('--seed', str(2 ** 31)), ('--epoch', '--'),
               ('--output', '/dev/null'), ('--output', '/dev/null/x'),
               ('--data', '/no/such/file.npz'), ('--data', '/')]


@pytest.mark.parametrize('option, value', BAD_OPTIONS)
def test_bad_options_are_refused_before_tensorflow(option, value, tmp_path):
    args = ['-X', 'importtime', main_of('0-vanilla'), option, value]
    if option != '--output':
        args += ['--output', tmp_path]
    refused(args, option)


def refused(args, *words):
    """Check that a command line is refused in one line, without a delay."""
    done = run_python(*args, check=False)
    assert done.returncode == 2
    assert done.stdout == ''
    lines = [line for line in done.stderr.splitlines()
             if not line.startswith(('import time:', 'usage:', ' '))]
    assert len(lines) == 1 and 'tensorflow' not in done.stderr, done.stderr
    for word in words:
        assert word in lines[0]


def bad_files(good):
    """Return bad data files: name, what to write, what to say of it."""
    def without(name):
        return {key: value for key, value in good.items() if key != name}

    def having(**arrays):
        return {**good, **arrays}
    x, y = good['x_train'], good['y_train']
    return {
        'missing-array': (without('y_test'), 'y_test is missing'),
        'wrong-width': (having(x_test=x[:, :, :27]), '(n, 28, 28)'),
        'flat': (having(x_train=x.reshape(-1, 784)), 'x_train'),
        'scaled': (having(x_train=x / 255), 'integers, not float64'),
        'nan': (having(x_train=x * np.nan), 'integers, not float64'),
        'out-of-range': (having(x_train=x.astype(int) + 1), '1 to 256'),
        'negative': (having(x_test=-x.astype(int)), '-255 to 0'),
        'labels': (having(y_train=y + 90), '0 to 9'),
        'empty': (having(x_test=x[:0], y_test=y[:0]), 'x_test is empty'),
        'lengths': (having(y_train=y[:5]), '5 labels in y_train'),
        'pickled': (having(x_train=np.array([{}], object)), 'plain arrays'),
    }


def test_bad_data_files_are_refused(data, tmp_path, monkeypatch):
    import digits
    with np.load(data) as arrays:
        good = dict(arrays)
    files = {}
    for name, (arrays, says) in bad_files(good).items():
        np.savez(tmp_path / f'{name}.npz', **arrays)
        files[name] = says
    content = data.read_bytes()
    for name, part in (('cut', content[:-500]), ('nothing', b''),
                       ('half', content[:len(content) // 2]),
                       ('text', b'hello\n'), ('pickle', b'\x80\x04N.'),
                       ('damaged', content[:3000] + b'?' * 99
                        + content[3099:])):
        (tmp_path / f'{name}.npz').write_bytes(part)
        files[name] = 'damaged'
    np.save(tmp_path / 'array.npy', good['x_train'])
    (tmp_path / 'array.npy').rename(tmp_path / 'array.npz')
    files['array'] = 'damaged'
    error = []

    def refuse(text):
        error[:] = [text]
        raise SystemExit(2)

    monkeypatch.setattr(digits, 'refuse', refuse)
    for name, says in files.items():
        with pytest.raises(SystemExit):
            digits.load_digits(tmp_path / f'{name}.npz')
        assert f'{name}.npz' in error[0] and says in error[0], (name, error)
    # One of them as a person meets it.
    refused(['-X', 'importtime', main_of('0-vanilla'), '--output', tmp_path,
             '--data', tmp_path / 'cut.npz'], '--data', 'cut.npz')


def test_a_loss_that_is_not_finite_ends_with_a_line(data, tmp_path):
    script = tmp_path / 'main.py'
    script.write_text(f'''
import sys
sys.path.insert(0, {str(ROOT / 'mains')!r})
from options import parse_options
import training
options = parse_options('0-vanilla', '')
import numpy as np
x = np.full((100, 784), np.nan, 'float32')
_, _, auto = training.load_module(options)(784, [], 3)
training.train(auto, x, x, options)
''')
    done = run_python(script, '--output', tmp_path / 'out', check=False)
    assert done.returncode == 1
    assert 'not finite' in done.stderr.splitlines()[-1]
    assert not (tmp_path / 'out' / 'interrupted'
                / 'training.weights.h5').exists()


def test_modules_and_mains_can_be_run_as_programs():
    for file in [*ROOT.glob('[0-3]-*.py'), *ROOT.glob('mains/[0-3]-main.py')]:
        assert file.stat().st_mode & stat.S_IXUSR, file
        assert file.read_text().startswith('#!/usr/bin/env python3\n'), file
