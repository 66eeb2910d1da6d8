"""Mains that train the module of a learner: `--modules DIR`."""

import csv
import json
import shutil
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from common import ROOT, modules, options, program, training
from conftest import (
    LEARNER,
    MODULES,
    build_learner,
    cross_entropy,
    divergence,
    losses_of,
    run_here,
    stops_after,
)

keras = tf.keras


@pytest.fixture(autouse=True)
def path_and_modules():
    """Check that no folder is left on the path; put our modules back."""
    own = {name: __import__(name) for name in MODULES}
    for name in MODULES:
        del sys.modules[name]
    yield
    assert not [folder for folder in sys.path if 'mine' in folder]
    sys.modules.update(own)


@pytest.fixture
def mine(tmp_path):
    """Return a folder with the modules of a learner."""
    return shutil.copytree(LEARNER, tmp_path / 'mine')


def train(module, folder, data, output, epochs=2):
    """Run a main with the module of a folder, on few digits."""
    return run_here(
        *(module, '--modules', folder, '--epochs', epochs),
        *('--batch-size', 64, '--data', data, '--output', output),
    )


def test_another_style_is_trained_drawn_and_put_on_a_page(
    mine, data, tmp_path
):
    output = tmp_path / 'output'
    done = train('0-vanilla', mine, data, output)
    assert (done.returncode, done.stderr) == (0, '')
    # The files have the usual names, though the models have none.
    for name in ('encoder', 'decoder', 'autoencoder'):
        model = keras.models.load_model(output / f'{name}.keras')
        assert len(model.get_weights()) in (6, 12)
    # What the learner has compiled is what is trained.
    assert 'val_mse' in (output / 'history.csv').read_text()
    page = (output / 'explore.html').read_text('utf-8')
    assert page.count('"unknown": null') == 2


def test_both_terms_need_but_the_outputs_of_the_encoder(
    mine, data, tmp_path, same_noise
):
    output = tmp_path / 'output'
    done = train('3-variational', mine, data, output, 1)
    assert done.returncode == 0, done.stderr
    # It depends on the version whether Keras can save this class.
    why = 'Keras could not save autoencoder.keras: '
    assert (why in done.stdout) != (output / 'autoencoder.keras').is_file()
    with open(output / 'history.csv', newline='') as file:
        (row,) = csv.DictReader(file)
    # With this loss and without noise, they are what there is of val_loss.
    terms = float(row['val_cross_entropy']), float(row['val_kl_divergence'])
    assert sum(terms) == pytest.approx(float(row['val_loss']), rel=1e-5)


def test_the_terms_are_those_that_numpy_computes(digits, same_noise):
    # Given more digits than a batch has.
    encoder, decoder, _ = build_learner('3-variational')
    x = digits('3-variational', 1700)
    logs = {}
    training.LossTerms(encoder, decoder, x).on_epoch_end(0, logs)
    code, mean, log_variance = (np.asarray(output) for output in encoder(x))
    images = np.asarray(decoder(code))
    assert logs == {
        'val_cross_entropy': pytest.approx(
            cross_entropy(x, images).sum(1).mean(), rel=1e-5
        ),
        'val_kl_divergence': pytest.approx(
            divergence(mean, log_variance).mean(), rel=1e-5
        ),
    }


@pytest.mark.parametrize(
    'folder, expected', [(None, ''), ('mine', 'mine'), ('mine/.', 'mine')]
)
def test_results_are_named_after_the_folder(folder, expected, tmp_path):
    modules = tmp_path / folder if folder else None
    assert options.results_of(modules) == ROOT / 'results' / expected


def test_by_default_results_of_a_learner_are_apart(
    mine, data, tmp_path, monkeypatch
):
    monkeypatch.setattr(options, 'ROOT', tmp_path)
    args = ['--modules', str(mine), '--data', str(data)]
    with program._at_end:  # lets the folder go
        parsed = options.parse_options('0-vanilla', '', args)
    assert parsed.output == tmp_path / 'results' / 'mine' / '0-vanilla'


GOOD = """
from tensorflow import keras
def autoencoder(*sizes):
    x = keras.Input((784,))
    y = keras.Input((32,))
    encoder = keras.Model(x, keras.layers.Dense(32)(x))
    decoder = keras.Model(y, keras.layers.Dense(784, 'sigmoid')(y))
    auto = keras.Model(x, decoder(encoder(x)))
    auto.compile('adam', 'binary_crossentropy')
    return encoder, decoder, auto
"""
# Modules that cannot be used: what is changed, and what is said.
BAD = {
    'no function': (
        ('def auto', 'def other_auto'),
        'AttributeError: ',
    ),
    'no Python': (('def', 'define'), 'line 3, cannot be used: SyntaxError: '),
    'another library': (
        ('keras\n', 'keras, no_such_name\n'),
        'line 2, cannot be used: ImportError: ',
    ),
    'an error': (
        ('x = keras', 'x = kera'),
        "line 4, cannot be used: NameError: name 'kera' is not defined",
    ),
    'an error in a function': (
        (
            '    x = keras.Input((784,))',
            '    def given():\n        return kera\n    x = given()',
        ),
        "line 5, cannot be used: NameError: name 'kera' is not defined",
    ),
    'nothing returned': (
        ('    return encoder, decoder, auto\n', ''),
        'TypeError: ',
    ),
    'two models': (('encoder, decoder, auto\n', 'encoder, auto\n'), 'values'),
    'no model': (
        ('return encoder', 'return 7'),
        'ValueError: `encoder` is not a Keras model: 7',
    ),
    'another order': (
        ('return encoder, decoder', 'return decoder, encoder'),
        'ValueError: ',
    ),
    'another size': (
        ("784, 'sig", "9, 'sig"),
        'ValueError: `decoder` returns the shape (9,), not (784,)',
    ),
    'more outputs': (
        ('    return', '    encoder = keras.Model(x, [x, x])\n    return'),
        '`encoder` has 2 outputs, not 1',
    ),
    'not compiled': (
        ("    auto.compile('adam', 'binary_crossentropy')\n", ''),
        '`auto` is not compiled',
    ),
    'another loss': (
        ('binary_crossentropy', 'no_such_loss'),
        'no_such_loss',
    ),
}


@pytest.mark.parametrize('change, says', BAD.values(), ids=BAD)
def test_a_module_that_cannot_be_used_is_named_in_a_line(
    change, says, data, tmp_path
):
    assert change[0] in GOOD
    file = tmp_path / 'mine' / '0-vanilla.py'
    file.parent.mkdir()
    file.write_text(GOOD.replace(*change))
    done = train('0-vanilla', file.parent, data, tmp_path / 'output')
    assert done.returncode == 2
    line = done.stderr.splitlines()[-1]
    assert line.startswith(f'0-main.py: error: {file}')
    assert says in line
    assert line.endswith(
        f'. To see what it lacks: python -m checker {file.parent} --tasks 0'
    )


def test_a_module_that_is_missing_is_told_how_to_begin(data, tmp_path):
    done = train('1-sparse', tmp_path, data, tmp_path / 'output')
    assert done.returncode == 2
    assert done.stderr == (
        '1-main.py: error: argument --modules: there is no '
        f'{tmp_path / "1-sparse"}.py. To write files to start from: '
        f'python -m checker --new {tmp_path}\n'
    )


def used(module, folder):
    """Return the module that a main imports, given a folder or None."""
    given = SimpleNamespace(module=module, modules=folder)
    with modules.used(given):
        return __import__(module)


def test_the_module_is_that_of_the_folder_each_time(mine):
    # Given ours, that of a learner, and ours again, in one notebook.
    files = [used('0-vanilla', one).__file__ for one in (None, mine, None)]
    ours = str(ROOT / '0-vanilla.py')
    assert files == [ours, str(mine / '0-vanilla.py'), ours]


def test_a_changed_module_does_not_resume_what_another_began(
    mine, data, tmp_path, no_page
):
    # Given a training that was interrupted, and its module.
    output = tmp_path / 'output'
    with stops_after(1):
        done = train('0-vanilla', mine, data, output)
    assert done.returncode == 130
    # When the module has changed since, or it is that of another folder.
    other = shutil.copytree(mine, tmp_path / 'other')
    with open(other / '0-vanilla.py', 'a') as file:
        file.write('# changed\n')
    done = train('0-vanilla', other, data, output)
    # Then it is not resumed; with the one that it was begun with, it is.
    assert done.returncode == 2
    assert 'but 0-vanilla.py has changed. To resume' in done.stderr
    done = train('0-vanilla', mine, data, output)
    assert 'Resuming after epoch 1 of 2' in done.stdout
    assert len(losses_of(output)) == 2


def test_the_data_of_a_page_are_read_back(mine, tmp_path):
    """The page of a learner's model is what compare.py takes."""
    import compare
    import pages

    file = pages.write(tmp_path, 'learner 1-sparse')
    folder = tmp_path / 'folder'
    folder.mkdir()
    shutil.move(file, folder / 'explore.html')
    x, labels = pages.digits()
    model = compare.read(folder, x, labels, None)
    expected = pages.described('learner 1-sparse')
    assert json.dumps(model['encoder']) == json.dumps(expected['encoder'])
    with pytest.raises(SystemExit):  # other digits have other codes
        compare.read(folder, x[1:], labels[1:], None)
