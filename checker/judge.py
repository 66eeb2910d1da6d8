"""The judge: has a solution looked at, and goes through the requirements."""

import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from checker import (
    auto_checks,
    layer_checks,
    layer_words,
    loss_checks,
    probe,
    return_checks,
    training_checks,
)
from checker.advice import Advice, complete, of_error
from checker.assignment import HALVES, MODULES, arguments
from checker.evidence import Evidence, compare
from checker.faults import Failure, Fault
from checker.mistakes import fix
from checker.observation import Observation
from checker.requirements import table
from checker.source import OUTPUTS, Source, readable


@dataclass(frozen=True)
class Outcome:
    """What became of a requirement.

    Attributes:
        requirement: The `requirements.Requirement`.
        fault: The `Fault` that it shows, or None.
        needs: String, the name of another requirement: this one cannot be
            judged before that is met; or ''.
    """

    requirement: object
    fault: Fault = None
    needs: str = ''

    @property
    def met(self):
        """Whether the requirement is met."""
        return self.fault is None and not self.needs


def judge(
    task,
    files,
    starter,
    limit=60,
    seed=0,
    only=(),
    on_verdict=lambda verdict: None,
    choose=arguments,
):
    """Judge a module on the requirements of its task.

    Args:
        task: Integer.
        files: Dict, what `folder.take` returns of its folder.
        starter: A `process.Starter`.
        limit: Float, the seconds that a step of the module may take.
        seed: Integer >= 0, of all that is drawn; the same gives the same.
        only: Names of the requirements to return; all if there are none.
        on_verdict: Function that gets each verdict as soon as it is certain.
        choose: Function of a task and a generator, which returns the
            arguments to judge with, a list of `assignment.Arguments`.

    Returns:
        Dict with `verdicts`, a list of dicts with `name`, `sentence`,
        `is_quote`, `met`, and if that is False `expected`, `found`, `change`,
        `mistake`, `needs` and `again`, which is True where a fault was told
        before or another requirement has to be met first. Also `notes`, a
        list of strings; `names`, see `Source`; and `layers`, see
        `layer_words.side_by_side`.

    Raises:
        MachineFailure: If the machine, not the solution, fails.
    """
    source = Source(files[f'{MODULES[task]}.py'])
    rng = np.random.default_rng([seed, task])
    reporter = Reporter(task, source, on_verdict)
    # What starts workers removes it, too, if this process is killed.
    place = getattr(starter, 'folder', None)
    with _solution_folder(files, place) as folder:
        worker = starter.start(limit)
        try:
            # What a solution gives may be anything.
            with np.errstate(all='ignore'):
                evidences, notes = _look(
                    worker,
                    folder / f'{MODULES[task]}.py',
                    choose(task, rng),
                    rng,
                    _last_stage(task, only),
                    reporter.report_faults,
                )
        finally:
            worker.close()
    with np.errstate(all='ignore'):
        verdicts = reporter.report_all(evidences, only)
        layers = []
        if not all(verdict['met'] for verdict in verdicts):
            layers = _side_by_side(evidences)
    return {
        'verdicts': verdicts,
        'names': reporter.names(evidences),
        'notes': [*notes, *_notes(evidences), *_shadowing(files)],
        'layers': layers,
    }


@contextmanager
def _solution_folder(files, place):
    """Write the files of a solution where no other is beside it.

    Args:
        files: Dict, see `judge`.
        place: Path, the folder to write in, or None for the usual one.
    """
    above = Path(tempfile.mkdtemp(prefix='solution-', dir=place))
    folder = above / 'solution'
    try:
        for path, data in files.items():
            if data is not None:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(data)
        yield folder
    finally:
        shutil.rmtree(above, ignore_errors=True)


def _last_stage(task, only):
    """Return the last stage that has to be observed to judge some rows."""
    stages = [row.stage for row in table(task) if row.name in only]
    return max(stages, key=probe.STAGES.index, default=probe.STAGES[-1])


def _look(worker, path, cases, rng, last, on_evidence):
    """Return the evidence for each case, and notes on the module.

    Args:
        worker: A `process.Process`.
        path: Path, the module.
        cases: List of `assignment.Arguments`.
        rng: A `numpy.random.Generator`.
        last: String, the last of `probe.STAGES` to observe.
        on_evidence: Function that gets the evidence so far, after each case.
    """
    try:
        keras, notes = probe.understood(
            probe.load, worker, cases[0].task, path
        )
    except Failure as failure:
        return [_nothing_seen(one, failure.fault) for one in cases], []
    evidences = []
    for case in cases:
        seen = probe.observe(worker, case, keras, rng, last)
        evidences.append(_compared(seen, rng))
        if seen.ended:
            rest = cases[len(evidences) :]
            evidences += [_nothing_seen(one, seen.failure) for one in rest]
            break
        if last == probe.STAGES[-1]:
            on_evidence(evidences)
    return evidences, notes


def _compared(seen, rng):
    """Return the evidence of an observation, see `evidence.compare`."""
    try:
        return probe.understood(compare, seen, rng)
    except Failure as failure:
        return _nothing_seen(seen.arguments, failure.fault)


def _nothing_seen(case, fault):
    """Return the evidence of models that could not be built."""
    return Evidence(Observation(case, failure=fault, stage='build'))


def outcomes(rows, evidences, check):
    """Return the `Outcome` of each requirement.

    Args:
        rows: List of `requirements.Requirement`.
        evidences: List of `evidence.Evidence`.
        check: Function of a row and an evidence, which returns a `Fault` or
            None.
    """
    rows_by_name = {row.name: row for row in rows}
    found = {}

    def settle(name):
        """Return the outcome of a row; those that it needs come first."""
        if name not in found:
            row = rows_by_name[name]
            before = [settle(other) for other in row.needs]
            found[name] = _outcome(row, before, evidences, check)
        return found[name]

    return [settle(row.name) for row in rows]


def with_progress(found, evidences):
    """Return outcomes of which the first says what is correct so far.

    Args:
        found: List of `Outcome`, of all requirements of a task.
        evidences: List of `evidence.Evidence`. If no model is missing in
            them, the outcomes stay as they are.
    """
    missing = missing_in(evidences)
    if not missing or len(_seen(evidences)) < len(evidences):
        return found
    words, advice = [], []
    for role in HALVES:
        if role in missing:
            continue
        if _is_correct(role, found):
            words.append(f'The {role} is correct.')
        else:
            advice.append(f'First fix the {role}, see below.')
    first, *others = found
    fault = replace(
        first.fault,
        found=' '.join([*words, first.fault.found]),
        change=' '.join([*advice, first.fault.change]),
    )
    return [replace(first, fault=fault), *others]


def missing_in(evidences):
    """Return the roles of the models that are None so far, a set."""
    return {role for one in evidences for role in one.seen.missing}


def _is_correct(role, found):
    """Tell whether all requirements on one model alone are met."""
    return all(
        outcome.met
        for outcome in found
        if outcome.requirement.models == (role,)
    )


def _outcome(row, before, evidences, check):
    """Return the `Outcome` of a row, given those that it needs."""
    if row.name != 'builds':
        missing = missing_in(evidences) & {*row.models}
        if missing or not _seen(evidences):
            return Outcome(row, needs='builds')
    unmet = [outcome for outcome in before if not outcome.met]
    if unmet:
        # The one that others wait for.
        return Outcome(row, needs=unmet[0].needs or unmet[0].requirement.name)
    return Outcome(row, _fault(row, evidences, check))


def _seen(evidences):
    """Return the evidence of models that could be built and called."""
    return [one for one in evidences if return_checks.can_be_called(one.seen)]


def _fault(row, evidences, check):
    """Return the fault that evidence shows, or None.

    If the arguments of the main script show it, these are the ones that a
    reader knows.
    """
    if row.name == 'builds':
        faults = [check(row, one) for one in evidences]
    else:
        faults = [check(row, one) for one in _seen(evidences)]
    faults = [fault for fault in faults[::-1] if fault]
    return faults[0] if faults else None


def check_row(row, evidence):
    """Return the fault that a check finds."""
    try:
        return row.check(evidence)
    except Exception as error:
        # What a solution gives is so unusual that judging it fails.
        return Fault(
            'This cannot be judged: '
            f'{type(error).__name__}: {readable(str(error))}',
            'module',
            change='Check that all three are ordinary Keras models.',
        )


class Reporter:
    """Makes verdicts of outcomes, and hands them on as they are found.

    Args:
        task: Integer.
        source: The `Source` of the module.
        on_verdict: Function that gets each verdict.
    """

    def __init__(self, task, source, on_verdict):
        """Start with nothing told."""
        self.task, self.source = task, source
        self.on_verdict, self.told = on_verdict, set()
        # Evidence does not change, so each check is done once.
        self.check = lru_cache(None)(check_row)

    def report_faults(self, evidences):
        """Hand on the faults that the evidence so far shows."""
        for verdict in self._verdicts(evidences):
            if not verdict['met'] and not verdict['needs']:
                self._hand_on(verdict)

    def report_all(self, evidences, only=()):
        """Return all verdicts, or only some; hand on those that are new."""
        verdicts = self._verdicts(evidences)
        if only:
            verdicts = [one for one in verdicts if one['name'] in only]
        for verdict in verdicts:
            self._hand_on(verdict)
        return verdicts

    def _hand_on(self, verdict):
        """Hand on a verdict on a requirement, once."""
        if verdict['name'] not in self.told:
            self.told.add(verdict['name'])
            self.on_verdict(verdict)

    def _verdicts(self, evidences):
        """Return the verdict on each requirement, a list of dicts."""
        verdicts, before = [], {}
        orders = [one.seen.outputs for one in evidences if one.seen.outputs]
        order = orders[0] if orders else (0, 1, 2)
        found = outcomes(table(self.task), evidences, self.check)
        for outcome in with_progress(found, evidences):
            row = outcome.requirement
            verdict = {
                'name': row.name,
                'sentence': row.sentence,
                'is_quote': row.is_quote,
                'met': outcome.met,
                'needs': outcome.needs,
                'again': bool(outcome.needs),
            }
            if outcome.fault:
                self._explain(verdict, outcome.fault, order, before)
            elif outcome.needs:
                verdict.update(expected='', found='', change='', mistake='')
            verdicts.append(verdict)
        return verdicts

    def _explain(self, verdict, fault, order, before):
        """Add to a verdict what was found, and what to change.

        Args:
            verdict: Dict.
            fault: The `Fault`.
            order: Tuple, the places of the outputs of a variational encoder.
            before: Dict from what was told to the name of the requirement
                with which it was told.
        """
        says = Advice(fault.found, fault.change, fault.mistake)
        key = fault.expected, fault.found
        if fault.error:
            error = {**fault.error, 'task': self.task, 'order': order}
            says = of_error(error, self.source)
            # The same line may fail in other words, for other arguments.
            key = (error['type'], *error['lines'][-1:], says.entry)
        verdict.update(
            expected=fault.expected,
            found=says.what,
            change=says.change or fix(says.entry),
            mistake=says.entry,
        )
        first = before.setdefault(key, verdict['name'])
        if first != verdict['name']:
            verdict.update(needs=first, again=True)
        complete(verdict, self.source)

    def names(self, evidences):
        """Return what the module calls what entries of mistakes name."""
        if any(one.seen.roles != probe.ROLES for one in evidences):
            for name in OUTPUTS:  # these are those of other models
                self.source.own.pop(name, None)
        return self.source.names


def _side_by_side(evidences):
    """Return layers to compare, see `layer_words.side_by_side`."""
    try:
        return layer_words.side_by_side(
            _seen(evidences), layer_checks.is_wrong
        )
    except Exception:  # an unusual model; the verdicts stand
        return []


def _notes(evidences):
    """Return what is worth a mention and no fault, a list of strings."""
    found = []
    for one in _seen(evidences):
        if auto_checks.noise_in_training_only(one):
            found.append(
                'The latent representation has noise in training only; in '
                '`predict` it is the mean.'
            )
        steps = [step for step, _ in one.steps]
        if steps and loss_checks.is_summed(one):
            found.append(
                'The penalty is summed over the batch, as every '
                '`activity_regularizer` is in Keras 3.0 to 3.13. That is not '
                'your fault, and does not count against you. See '
                'docs/mistakes.md#summed-over-the-batch'
            )
        if any(map(training_checks.not_validated, steps)):
            found.append(
                'The `val_loss` that `fit` prints is 0: nothing computes a '
                'loss for `validation_data`.'
            )
    return list(dict.fromkeys(found))


def _shadowing(files):
    """Return notes on files that are found in place of other modules."""
    names = getattr(sys, 'stdlib_module_names', None)
    if names is None:  # before Python 3.10
        library = os.listdir(os.path.dirname(os.__file__))
        names = {name.split('.')[0] for name in library}
        names |= set(sys.builtin_module_names)
    names = {*names, 'tensorflow', 'keras', 'numpy', 'matplotlib'}
    found = [
        name
        for name in sorted(files)
        if name.split('/')[0] in names
        or (name.endswith('.py') and name[:-3] in names)
    ]
    return [
        f'`{name}` in this folder has the name of a module of Python, '
        'TensorFlow or Keras: a script that you start in this folder imports '
        'your file instead. Give it another name.'
        for name in found
    ]
