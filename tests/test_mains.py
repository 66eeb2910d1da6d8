"""The mains: what a person types, and what is then on the disk."""
import csv
import json
import os
import re
import stat

import matplotlib.pyplot as plt
import numpy as np
import pytest
import tensorflow as tf

from conftest import (
    MODULES,
    ROOT,
    STOCK,
    losses_of,
    main_of,
    run_python,
    same_models,
)

PICTURES = {'reconstructions.png'}
FILES = {'.lock', 'history.csv', 'encoder.keras', 'decoder.keras',
         'autoencoder.keras', 'explore.html'}


@pytest.mark.parametrize('module', MODULES)
def test_one_epoch_headless_from_another_folder(
        module, data, tmp_path, run_main):
    output = tmp_path / 'new' / 'results'
    options = ['--epochs', 1, '--data', data, '--output']
    done = run_python(main_of(module), *options, output, MPLBACKEND='',
                      DISPLAY='')
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
    else:
        check_printed_codes(done.stdout, encoder.predict(x, verbose=0))
    assert auto.optimizer.iterations == 4
    # What made the training fast here is not saved for other machines.
    config = auto.get_compile_config()
    assert config['steps_per_execution'] in (1, None)
    assert config['jit_compile'] in (None, False, 'auto')
    if module == '2-convolutional':
        assert done.stdout.startswith('(1024, 28, 28, 1)\n(100, 28, 28, 1)\n')
    lines = done.stdout.splitlines()
    assert str(output) in lines[-1]
    # For a log: a line an epoch, none for predictions, nothing that moves.
    assert not re.search('[^\x20-\x7e\n]', done.stdout)
    epoch, = [line for line in lines if 'step' in line]
    assert epoch.startswith('4/4 - ')
    assert done.stderr == ''
    if module == '3-variational':
        # The same seed gives the same to the bit, in another process too.
        assert not run_main(module, *options, tmp_path).returncode
        assert losses_of(tmp_path) == losses_of(output)
        same_models(tmp_path, output)


def check_printed_codes(printed, codes):
    """Check what the variational main prints, against its saved encoder."""
    _, mean, log_variance = codes
    numbers = [float(number) for number in re.findall(
        r'-?\d+\.\d*(?:e-?\d+)?', printed.split('[[', 1)[1])]
    np.testing.assert_allclose(
        np.reshape(numbers[:40], (2, 10, 2)),
        [mean[:10], np.exp(log_variance[:10] / 2)], rtol=1e-4, atol=1e-5)
    loss, cross_entropy, divergence = numbers[40:43]
    assert divergence == pytest.approx(np.mean(np.sum(
        mean ** 2 + np.exp(log_variance) - 1 - log_variance, 1)) / 2,
        abs=0.006)
    assert loss == pytest.approx(cross_entropy + divergence, abs=0.02)


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
    done = run_python(
        '-c', 'from digits import load_digits\n'
        'for x, y in load_digits(None, (28, 28, 1)):\n'
        '    print(x.shape, x.dtype, x.min(), x.max(), sorted(set(y)))',
        PYTHONPATH=str(ROOT / 'mains'), HOME=str(tmp_path),
        KERAS_HOME=str(tmp_path), https_proxy='http://127.0.0.1:9')
    said, *lines = done.stdout.splitlines()[-3:]
    assert said.startswith('MNIST is out of reach')
    labels = sorted(set(np.arange(10, dtype='uint8')))
    assert lines == [f'({n}, 28, 28, 1) float32 0.0 1.0 {labels}'
                     for n in (4500, 500)]
    assert done.stderr == ''


# Runs in a fresh process: each command line in turn. The mains answer before
# they import TensorFlow.
ANSWER = """
import contextlib, io, json, runpy, sys
answers = []
for sys.argv in json.loads(sys.argv[1]):
    out, err = io.StringIO(), io.StringIO()
    status = None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            runpy.run_path(sys.argv[0], run_name='__main__')
        except SystemExit as end:
            status = end.code
    answers.append([status, out.getvalue(), err.getvalue()])
    assert 'tensorflow' not in sys.modules, sys.argv
print(json.dumps(answers))
"""


def answers(*commands):
    """Return status, output and errors of command lines, as by a person."""
    done = run_python('-c', ANSWER,
                      json.dumps([[str(word) for word in command]
                                  for command in commands]),
                      PYTHONPATH=str(ROOT / 'mains'))
    return json.loads(done.stdout)


def test_help_has_all_options_with_their_defaults():
    helps = answers(*([main_of(module), '--help'] for module in MODULES))
    for module, (status, out, err) in zip(MODULES, helps):
        assert (status, err) == (0, '')
        for option, default in (('--epochs', '50'), ('--batch-size', '256'),
                                ('--seed', '0'), ('--data', 'MNIST'),
                                ('--output', f'results/{module}')):
            assert option in out
            after = ''.join(out.split(option)[-1].split('--')[0].split())
            assert 'default:' in after and default in after


BAD_OPTIONS = [('--epochs', '0'), ('--epochs', '1.5'),
               ('--epochs', str(10 ** 20)), ('--batch-size', '-1'),
               ('--batch-size', '0'), ('--batch-size', str(10 ** 20)),
               ('--batch-size', '9' * 5000), ('--seed', '-1'),
               ('--seed', 'x'), ('--seed', str(2 ** 31)), ('--epoch', '--'),
               ('--output', '/dev/null'), ('--output', '/dev/null/x'),
               ('--data', '/no/such/file.npz'), ('--data', '/')]


def test_bad_options_and_files_are_refused_before_tensorflow(data, tmp_path):
    cut = tmp_path / 'cut.npz'
    cut.write_bytes(data.read_bytes()[:-500])
    bad = [*BAD_OPTIONS, ('--data', str(cut))]
    refusals = answers(*(
        [main_of('0-vanilla'), '--output', tmp_path / str(number), *words]
        for number, words in enumerate(bad)))
    for words, (status, out, err) in zip(bad, refusals):
        assert (status, out) == (2, ''), words
        lines = [line for line in err.splitlines()
                 if not line.startswith(('usage:', ' '))]
        assert len(lines) == 1 and words[0] in lines[0], err
    assert 'cut.npz' in refusals[-1][2]
    # Not even a folder is made for these.
    assert not (tmp_path / '0').exists()


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
    from common import digits
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


def test_modules_and_mains_can_be_run_as_programs():
    for file in [*ROOT.glob('[0-3]-*.py'), *ROOT.glob('mains/[0-3]-main.py')]:
        assert file.stat().st_mode & stat.S_IXUSR, file
        assert file.read_text().startswith('#!/usr/bin/env python3\n'), file
