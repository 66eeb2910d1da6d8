"""The checker names the fault of a wrong solution, and passes right ones."""

import json
import re
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from checker import assignment, formulas, models, requirements
from checker.worker import Worker
from conftest import KERAS_VERSION, MODULES, ROOT
from faults import FAULTS
from solutions import exists, fault_text, style_text
from styles import STYLES

# Keras says that it makes data sets compiled all the same.
pytestmark = pytest.mark.filterwarnings('ignore:Even though')
PAGE = (ROOT / 'docs' / 'mistakes.md').read_text()
# The newest Keras is stack 0.
STACK = sum(KERAS_VERSION < version for version in ((3, 14), (3, 0)))
# The arguments to find a fault with. In task 0, two hidden layers are equal.
SEVERAL = {
    0: (30, [23, 17, 17], 7),
    1: (30, [23, 17, 11], 7, 0.02),
    2: ((12, 20, 2), [7, 6, 5], (2, 3, 5)),
    3: (30, [23, 17, 11], 7),
}


class Local(Worker):
    """A worker in this process: nothing is limited."""

    def ask(self, do, arrays=(), **more):
        """Return the answer to a question: a dict and arrays."""
        answer, found = self.answer(
            json.loads(json.dumps({'do': do, **more})), arrays
        )
        return json.loads(json.dumps(answer)), [
            np.array(array, '<f4') for array in found
        ]

    def close(self):
        """Do nothing: there is no process to end."""


def judged(task, source, compiled=False, only=(), others=()):
    """Return the result of judging a module in this process."""
    # What is not compiled is much quicker for a few small batches.
    tf.config.run_functions_eagerly(not compiled)
    tf.keras.utils.set_random_seed(0)
    return requirements.judge(
        task,
        {f'{MODULES[task]}.py': source.encode(), **dict(others)},
        SimpleNamespace(start=lambda limit: Local()),
        only=only,
    )


@pytest.fixture(autouse=True)
def in_place(monkeypatch, tmp_path):
    # The worker goes where the module is, and has the arguments of one.
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, 'argv', sys.argv)
    monkeypatch.setattr(sys, 'path', list(sys.path))
    for name in MODULES:  # what other tests have imported
        monkeypatch.setitem(sys.modules, name, None)
    yield
    tf.config.run_functions_eagerly(False)
    tf.keras.backend.clear_session()
    tf.keras.mixed_precision.set_global_policy('float32')


@pytest.mark.parametrize('fault', FAULTS, ids=lambda fault: fault.name)
def test_fault_is_found_and_named(fault, monkeypatch):
    if not exists(fault, KERAS_VERSION):
        pytest.skip('This Keras does not have that fault.')
    # One stack judges it on every requirement, the newest finds it at least.
    whole = STACK == (0, 1, 2, 2)[FAULTS.index(fault) % 4]
    if not whole and STACK and exists(fault, (3, 15)):
        pytest.skip('It is judged on other stacks.')
    task, test = fault.task, fault.requirement
    found = [SEVERAL[task], *[assignment.MAIN[task]] * fault.compiled]
    monkeypatch.setattr(models, 'arguments', lambda task, rng: found)
    failed = {
        verdict['name']: verdict
        for verdict in judged(
            task, fault_text(fault), fault.compiled, () if whole else (test,)
        )['verdicts']
        if not verdict['met'] and not verdict['again']
    }
    assert [*failed.keys() - {*fault.also}] == [test], failed
    verdict = failed[test]
    assert fault.says in verdict['found'], verdict
    assert fault.advice in verdict['change'], verdict
    assert verdict['mistake'] == fault.mistake, verdict
    assert verdict['expected'][-1:] in ('', '.') and verdict['change']


@pytest.mark.parametrize('style', STYLES, ids=lambda style: style.name)
def test_right_solution_passes(style, monkeypatch):
    if not exists(style, KERAS_VERSION):
        pytest.skip('This Keras does not allow that.')
    everywhere = exists(style, (2, 15)) and exists(style, (3, 0))
    if STYLES.index(style) % 3 != STACK and everywhere:
        pytest.skip('It is judged on another stack.')
    # The main script's arguments, for which much more is compiled, are
    # judged with the project's own modules.
    every = models.arguments
    monkeypatch.setattr(
        models, 'arguments', lambda task, rng: every(task, rng)[:2]
    )
    verdicts = judged(style.task, style_text(style.file))['verdicts']
    assert not [verdict for verdict in verdicts if not verdict['met']]


@pytest.mark.parametrize('task', range(4))
def test_own_module_is_right(task):
    source = (ROOT / f'{MODULES[task]}.py').read_text()
    found = judged(task, source, compiled=not STACK)
    assert all(verdict['met'] for verdict in found['verdicts']), found
    assert not found['notes']


def test_sigmoid_is_exact_where_it_is_near_0():
    # 0.5 * (1 + tanh(x / 2)) is 0 there, and would refuse a right solution.
    found = formulas.ACTIVATIONS['sigmoid'](np.array([-40.0, 0, 40]))
    np.testing.assert_allclose(found, [np.exp(-40), 0.5, 1], rtol=1e-12)


def test_files_in_place_of_other_modules_are_noted():
    first, second = judged(
        0,
        '1 / 0',
        others={'random.py': b'', 'mine.py': b'', 'keras/__init__.py': b''},
    )['notes']
    assert '`keras/__init__.py`' in first
    assert '`random.py`' in second


def test_every_mistake_is_on_the_page_once_and_has_a_fault():
    titles = re.findall('^### (.*)$', PAGE, re.M)
    anchors = [title.lower().replace(' ', '-') for title in titles]
    assert len(anchors) == len(set(anchors))
    code = ''.join(
        path.read_text() for path in (ROOT / 'checker').glob('*.py')
    )
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
        14,
        15,
        22,
        19,
    ]
