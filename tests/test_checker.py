"""The checker names the fault of a wrong solution, and passes right ones."""
import re
import sys

import pytest
from checker import judge as judging
from checker.requirements import version
from conftest import ROOT
from solutions import FAULTS
from variants import VARIANTS

CHECKER = ROOT / 'tests' / 'assignment' / 'checker'
PAGE = (ROOT / 'docs' / 'mistakes.md').read_text()


def judged(task, source, folder, compiled=False):
    """Return the verdicts and the notes on a solution, in this process."""
    import tensorflow as tf
    from checker.models import Solution
    path = folder / f'solution_{abs(hash(source))}.py'
    path.write_text(source)
    kept = list(sys.path)
    # What is not compiled is much quicker for a few small batches.
    tf.config.run_functions_eagerly(not compiled)
    try:
        tf.keras.utils.set_random_seed(0)
        module = judging.load(path)
        solution = Solution(task, module.autoencoder, str(path))
        return judging.judge(solution), solution.notes
    finally:
        tf.config.run_functions_eagerly(False)
        sys.path[:] = kept
        sys.modules.pop(path.stem, None)
        tf.keras.backend.clear_session()


@pytest.mark.parametrize('fault', FAULTS, ids=lambda fault: fault.name)
def test_fault_is_found_and_named(fault, tmp_path):
    import tensorflow  # noqa: F401
    if not fault.keras(version()):
        pytest.skip('This Keras does not have that fault.')
    verdicts, _ = judged(fault.task, fault.write(), tmp_path, fault.compiled)
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
