"""The checker names the fault of a wrong solution, and passes right ones."""
import re
import sys

import numpy as np
import pytest

from checker import models, requirements
from checker.client import Local
from conftest import MODULES, ROOT
from solutions import FAULTS, VARIATIONAL
from variants import VARIANTS

# Keras says that it makes data sets compiled all the same.
pytestmark = pytest.mark.filterwarnings('ignore:Even though')
PAGE = (ROOT / 'docs' / 'mistakes.md').read_text()


def version():
    """Return the version of Keras as two integers."""
    import tensorflow as tf
    found = getattr(tf.keras, '__version__', '2.15').split('.')
    return int(found[0]), int(found[1])


def whole(fault):
    """Tell whether to judge a fault on every requirement on this stack.

    On the newest it is found at least: it differs rarely between stacks, and
    the time adds up.
    """
    stack = 0 if version() >= (3, 14) else 1 if version() >= (3, 0) else 2
    return (0, 1, 2, 2)[FAULTS.index(fault) % 4] == stack


def judged(task, path, compiled=False, only=None):
    """Return the result of judging a module in this process."""
    import tensorflow as tf
    kept = list(sys.path)
    ours = sys.modules.pop(path.stem, None)  # what other tests have imported
    # What is not compiled is much quicker for a few small batches.
    tf.config.run_functions_eagerly(not compiled)
    tf.keras.utils.set_random_seed(0)
    try:
        worker = Local('.'.join(map(str, version())))
        return requirements.judge(task, worker, str(path), only)
    finally:
        tf.config.run_functions_eagerly(False)
        tf.keras.backend.clear_session()
        tf.keras.mixed_precision.set_global_policy('float32')
        sys.path[:] = kept
        sys.modules.pop(path.stem, None)
        if ours:
            sys.modules[path.stem] = ours


@pytest.fixture(autouse=True)
def in_place(monkeypatch, tmp_path):
    # The worker goes where the module is, and has the arguments of one.
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, 'argv', sys.argv)
    # The judge draws other weights each time; a test, always the same.
    generator = np.random.default_rng
    monkeypatch.setattr(np.random, 'default_rng', lambda seed=0: generator(
        seed))


@pytest.mark.parametrize('fault', FAULTS, ids=lambda fault: fault.name)
def test_fault_is_found_and_named(fault, tmp_path):
    if not fault.keras(version()):
        pytest.skip('This Keras does not have that fault.')
    if not whole(fault) and version() < (3, 14) and fault.keras((3, 15)):
        pytest.skip('It is judged on other stacks.')
    path = tmp_path / 'solution.py'
    path.write_text(fault.write())
    only = None if whole(fault) else fault.name_of_requirement
    verdicts = judged(fault.task, path, fault.compiled, only)['verdicts']
    failed = {verdict['name']: verdict for verdict in verdicts
              if not verdict['met'] and not verdict['again']}
    assert [name for name in failed if name not in fault.also] == [
        fault.name_of_requirement], failed
    verdict = failed[fault.name_of_requirement]
    assert fault.says in verdict['found'], verdict
    assert fault.advice in verdict['change'], verdict
    assert verdict['mistake'] == fault.mistake, verdict
    assert verdict['expected'].endswith('.') and verdict['change']


@pytest.mark.parametrize('name', VARIANTS)
def test_right_solution_passes(name, tmp_path):
    task, source, *keras = VARIANTS[name]
    if keras and not keras[0](version()):
        pytest.skip('This Keras does not allow that.')
    path = tmp_path / 'solution.py'
    path.write_text(source)
    wrong = [verdict for verdict in judged(task, path)['verdicts']
             if not verdict['met']]
    assert not wrong


def test_an_encoder_in_which_all_is_random_is_judged(tmp_path):
    path = tmp_path / 'solution.py'
    path.write_text(VARIATIONAL.replace(
        '    mean = keras', '    x = keras.layers.Lambda(lambda x: x * '
        'tf.random.uniform(tf.shape(x)))(x)\n    mean = keras', 1))
    verdict, = judged(3, path, only='encoder relu')['verdicts']
    assert not verdict['met']
    assert verdict['found'].startswith('No output of the encoder is that of')


@pytest.mark.parametrize('task', range(4))
def test_own_module_is_right(task, monkeypatch):
    more = [(5, [], 1), (1, [4], 3)]
    if task == 1:
        more = [(*sizes, 0.1) for sizes in more]
    if task == 2:
        more = [((28, 28, 1), [1, 2, 3], (4, 4, 3))]
    monkeypatch.setitem(models.ARGUMENTS, task,
                        [*models.ARGUMENTS[task], *more])
    path = ROOT / f'{MODULES[task]}.py'
    found = judged(task, path)
    assert all(verdict['met'] for verdict in found['verdicts']), found
    assert not found['notes']


def test_every_mistake_is_on_the_page_once_and_has_a_fault():
    titles = re.findall('^### (.*)$', PAGE, re.M)
    anchors = [title.lower().replace(' ', '-') for title in titles]
    assert len(anchors) == len(set(anchors))
    code = ''.join(path.read_text()
                   for path in (ROOT / 'checker').glob('*.py'))
    named = {fault.mistake for fault in FAULTS} | {'module'}
    assert named <= set(anchors)
    # What is in a main script is no mistake of a module.
    for anchor in set(anchors) - {'inputs-not-divided-by-255'}:
        assert f"'{anchor}'" in code or anchor in named, anchor
    for anchor in re.findall(r'\(#([\w-]+)\)', PAGE):
        assert anchor in anchors, anchor


def test_every_code_on_the_page_is_python_with_its_imports():
    for code in re.findall('```python\n(.*?)```', PAGE, re.S):
        compile(re.sub(r'^return', 'pass; x =', code), 'mistakes.md', 'exec')
        if 'tf.' in code:
            assert 'import tensorflow as tf' in code, code


def test_page_of_the_requirements_is_written_from_the_table():
    page = (ROOT / 'docs' / 'requirements.md').read_text()
    assert page == requirements.page() + '\n'
