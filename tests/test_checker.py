"""The checker names the fault of a wrong solution, and passes right ones."""
import json
import re
import sys

import numpy as np
import pytest

from checker import assignment, formulas, models, requirements
from checker.worker import Worker
from conftest import MODULES, ROOT
from solutions import FAULTS, VARIATIONAL
from variants import VARIANTS

# Keras says that it makes data sets compiled all the same.
pytestmark = pytest.mark.filterwarnings('ignore:Even though')
PAGE = (ROOT / 'docs' / 'mistakes.md').read_text()
# The arguments to find a fault with: no two sizes are equal.
SEVERAL = {
    0: (30, [23, 17, 11], 7), 1: (30, [23, 17, 11], 7, 0.02),
    2: ((12, 20, 2), [7, 6, 5], (2, 3, 5)), 3: (30, [23, 17, 11], 7)}


class Local:
    """Starts workers in this process: nothing is limited."""

    def start(self, limit):
        """Return a worker, which is this object itself."""
        self.worker = Worker()
        return self

    def ask(self, do, arrays=(), **more):
        """Return the answer to a question: a dict and arrays."""
        answer, found = self.worker.answer(json.loads(json.dumps(
            {'do': do, **more})), arrays)
        return json.loads(json.dumps(answer)), [
            np.array(array, '<f4') for array in found]

    def close(self):
        """Do nothing: there is no process to end."""


def version():
    """Return the version of Keras as two integers."""
    import tensorflow as tf
    found = getattr(tf.keras, '__version__', '2.15').split('.')
    return int(found[0]), int(found[1])


def stack():
    """Return a number for the Keras that this is: the newest is 0."""
    return 0 if version() >= (3, 14) else 1 if version() >= (3, 0) else 2


def judged(task, source, compiled=False, only=(), seed=0, others=()):
    """Return the result of judging a module in this process."""
    import tensorflow as tf
    name = MODULES[task]
    ours = sys.modules.pop(name, None)  # what other tests have imported
    # What is not compiled is much quicker for a few small batches.
    tf.config.run_functions_eagerly(not compiled)
    tf.keras.utils.set_random_seed(0)
    try:
        return requirements.judge(
            task, {f'{name}.py': source.encode(), **dict(others)}, Local(),
            seed=seed, only=only)
    finally:
        tf.config.run_functions_eagerly(False)
        tf.keras.backend.clear_session()
        tf.keras.mixed_precision.set_global_policy('float32')
        sys.modules.pop(name, None)
        if ours:
            sys.modules[name] = ours


@pytest.fixture(autouse=True)
def in_place(monkeypatch, tmp_path):
    # The worker goes where the module is, and has the arguments of one.
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, 'argv', sys.argv)
    monkeypatch.setattr(sys, 'path', list(sys.path))


@pytest.mark.parametrize('fault', FAULTS, ids=lambda fault: fault.name)
def test_fault_is_found_and_named(fault, monkeypatch):
    if not fault.keras(version()):
        pytest.skip('This Keras does not have that fault.')
    # One stack judges it on every requirement, the newest finds it at least.
    whole = stack() == (0, 1, 2, 2)[FAULTS.index(fault) % 4]
    if not whole and stack() and fault.keras((3, 15)):
        pytest.skip('It is judged on other stacks.')
    found = [SEVERAL[fault.task],
             *[assignment.MAIN[fault.task]] * fault.compiled]
    monkeypatch.setattr(models, 'arguments', lambda task, rng: found)
    verdicts = judged(fault.task, fault.write(), fault.compiled,
                      () if whole else (fault.name_of_requirement,))[
                          'verdicts']
    failed = {verdict['name']: verdict for verdict in verdicts
              if not verdict['met'] and not verdict['again']}
    assert [name for name in failed if name not in fault.also] == [
        fault.name_of_requirement], failed
    verdict = failed[fault.name_of_requirement]
    assert fault.says in verdict['found'], verdict
    assert fault.advice in verdict['change'], verdict
    assert verdict['mistake'] == fault.mistake, verdict
    assert verdict['expected'][-1:] in ('', '.') and verdict['change']


@pytest.mark.parametrize('name', VARIANTS)
def test_right_solution_passes(name, monkeypatch):
    task, source, *keras = VARIANTS[name]
    if keras and not keras[0](version()):
        pytest.skip('This Keras does not allow that.')
    if list(VARIANTS).index(name) % 3 != stack() and not keras:
        pytest.skip('It is judged on another stack.')
    # The main script's arguments, for which much more is compiled, are
    # judged with the project's own modules.
    every = models.arguments
    monkeypatch.setattr(models, 'arguments',
                        lambda task, rng: every(task, rng)[:2])
    wrong = [verdict for verdict in judged(task, source)['verdicts']
             if not verdict['met']]
    assert not wrong


def test_an_encoder_in_which_all_is_random_is_judged():
    source = (VARIATIONAL.replace(
        '    mean = keras', '    x = keras.layers.Lambda(lambda x: x * '
        'tf.random.uniform(tf.shape(x)))(x)\n    mean = keras', 1))
    verdict, = judged(3, source, only=('encoder relu',))['verdicts']
    assert not verdict['met']
    assert 'is not that of its layers' in verdict['found']


@pytest.mark.parametrize('task', range(4))
def test_own_module_is_right(task):
    source = (ROOT / f'{MODULES[task]}.py').read_text()
    found = judged(task, source, compiled=not stack())
    assert all(verdict['met'] for verdict in found['verdicts']), found
    assert not found['notes']


def test_sigmoid_is_exact_where_it_is_near_0():
    # 0.5 * (1 + tanh(x / 2)) is 0 there, and would refuse a right solution.
    found = formulas.ACTIVATIONS['sigmoid'](np.array([-40., 0, 40]))
    np.testing.assert_allclose(found, [np.exp(-40), 0.5, 1], rtol=1e-12)


def test_files_in_place_of_other_modules_are_noted():
    first, second = judged(0, '1 / 0', others={
        'random.py': b'', 'mine.py': b'', 'keras/__init__.py': b''})['notes']
    assert '`keras/__init__.py`' in first
    assert '`random.py`' in second


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


def test_each_requirement_on_the_page_has_a_check():
    names = {row.name for task in range(4) for row in assignment.table(task)}
    checked = {name.rstrip(' 3') for name in requirements.CHECKS}
    assert names == checked | {'builds'}
    assert [len(assignment.table(task)) for task in range(4)] == [
        14, 15, 22, 19]
