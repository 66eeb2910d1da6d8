"""The checker names the fault of a wrong solution, and passes right ones."""
import re
import sys

import pytest
from checker import judge as judging
from checker.models import Models, Solution
from checker.requirements import version
from conftest import ROOT
from solutions import FAULTS
from variants import VARIANTS

CHECKER = ROOT / 'checker'
PAGE = (ROOT / 'docs' / 'mistakes.md').read_text()


# A fault is judged on every requirement on one stack, and found on the newest
# at least: it differs rarely between them, and the time adds up.
STACKS = 3


def stack():
    """Return the number of this stack; 0 is the newest."""
    return 0 if version() >= (3, 14) else 1 if version() >= (3, 0) else 2


@pytest.fixture
def light_training(monkeypatch, fault):
    """Let training be a batch and its validation, unless it is judged.

    `fit` takes most of its time to make data sets of a few inputs.
    """
    def step(models, function, x):
        return models.solution.run(
            'calling `auto.fit`', function, x, x, return_dict=True)

    def first_step(models, x):
        models.auto.reset_metrics()
        return step(models, models.auto.train_on_batch, x)

    def fit(models, x, y):
        losses = step(models, models.auto.train_on_batch, x)
        step(models, models.auto.test_on_batch, y)
        return {name: [value] for name, value in losses.items()}

    if fault.test != 'trains':
        monkeypatch.setattr(Models, '_first_step', first_step)
        monkeypatch.setattr(Models, 'fit', fit)


@pytest.fixture(scope='module', autouse=True)
def cleared():
    """Drop what Keras keeps of the models."""
    yield
    import tensorflow as tf
    tf.keras.backend.clear_session()


def judged(task, source, folder, compiled=False, only=None):
    """Return the verdicts and the notes on a solution, in this process."""
    import tensorflow as tf
    path = folder / f'solution_{abs(hash(source))}.py'
    path.write_text(source)
    kept = list(sys.path)
    # What is not compiled is much quicker for a few small batches.
    tf.config.run_functions_eagerly(not compiled)
    try:
        tf.keras.utils.set_random_seed(0)
        module = judging.load(path)
        solution = Solution(task, module.autoencoder, str(path))
        return judging.judge(solution, only=only), solution.notes
    finally:
        tf.config.run_functions_eagerly(False)
        sys.path[:] = kept
        sys.modules.pop(path.stem, None)


@pytest.mark.parametrize('fault', FAULTS, ids=lambda fault: fault.name)
def test_fault_is_found_and_named(fault, tmp_path, light_training):
    import tensorflow  # noqa: F401
    if not fault.keras(version()):
        pytest.skip('This Keras does not have that fault.')
    whole = FAULTS.index(fault) % STACKS == stack()
    if not whole and stack() and fault.keras((3, 15)):
        pytest.skip('It is judged on other stacks.')
    only = None if whole else f'test_{fault.test}'
    verdicts, _ = judged(
        fault.task, fault.write(), tmp_path, fault.compiled, only)
    failed = [name[len('test_'):] for name, verdict in verdicts.items()
              if not verdict['met'] and not verdict['again']]
    assert [name for name in failed if name not in fault.also] == [
        fault.test], verdicts
    verdict = verdicts[f'test_{fault.test}']
    assert fault.says in verdict['found'], verdict
    assert verdict['mistake'] == fault.mistake, verdict
    assert verdict['expected'].endswith('.') and verdict['change']


@pytest.mark.parametrize('name', VARIANTS)
def test_right_solution_passes(name, tmp_path):
    import tensorflow  # noqa: F401
    task, source, *keras = VARIANTS[name]
    if keras and not keras[0](version()):
        pytest.skip('This Keras does not allow that.')
    verdicts, _ = judged(task, source, tmp_path)
    assert all(verdict['met'] for verdict in verdicts.values()), [
        verdict for verdict in verdicts.values() if not verdict['met']]


def test_every_mistake_is_on_the_page_once_and_has_a_fault():
    titles = re.findall('^### (.*)$', PAGE, re.M)
    anchors = [title.lower().replace(' ', '-') for title in titles]
    assert len(anchors) == len(set(anchors))
    code = ''.join(path.read_text() for path in CHECKER.glob('*.py'))
    named = {fault.mistake for fault in FAULTS} | {'module'}
    assert named <= set(anchors)
    for anchor in anchors:
        assert f"'{anchor}'" in code or anchor in named, anchor


def test_every_code_on_the_page_is_python():
    for code in re.findall('```python\n(.*?)```', PAGE, re.S):
        compile(re.sub(r'^return', 'pass; x =', code), 'mistakes.md', 'exec')
