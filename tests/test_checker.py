"""The checker names the fault of a wrong solution and accepts correct ones."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from checker import judge, layer_checks
from checker.assignment import Arguments
from checker.evidence import Right
from checker.faults import Fault
from checker.mistakes import ENTRIES
from checker.requirements import Requirement, table
from conftest import KERAS_VERSION, MODULES, ROOT
from faults import FAULTS
from judging import SEVERAL, faults_of, fixed, judged
from solutions import (
    CONVOLUTIONAL,
    SPARSE,
    VANILLA,
    VARIATIONAL,
    exists,
    fault_text,
    style_text,
)
from styles import STYLES

# Keras says that it makes data sets compiled all the same.
pytestmark = pytest.mark.filterwarnings('ignore:Even though')
PAGE = (ROOT / 'docs' / 'mistakes.md').read_text(encoding='utf-8')
# The newest Keras is stack 0.
STACK = sum(KERAS_VERSION < version for version in ((3, 14), (3, 0)))


def arguments_for(fault):
    """Return a function that chooses the arguments to find a fault with."""

    def choose(task, rng):
        """Return fixed arguments, and those of the script if need be."""
        found = fixed(task, rng)
        if fault.compiled:
            found.append(Arguments.of_script(task))
        return found

    return choose


def is_judged_here(fault):
    """Tell whether this stack judges a fault.

    The newest judges all that it has. Each of the others judges a quarter,
    and those that the newest does not have.
    """
    if not exists(fault, KERAS_VERSION):
        return False
    own_turn = FAULTS.index(fault) % 4 == STACK
    return STACK == 0 or own_turn or not exists(fault, (3, 15))


def names_it(verdict, fault):
    """Check that a verdict says what is wrong and what to change."""
    assert fault.says in verdict['found'], verdict
    assert fault.advice in verdict['change'], verdict
    assert verdict['change'], verdict
    assert verdict['mistake'] == fault.mistake, verdict
    assert verdict['expected'][-1:] in ('', '.'), verdict


@pytest.mark.parametrize(
    'fault',
    filter(is_judged_here, FAULTS),
    ids=lambda fault: fault.name,
)
def test_fault_is_found_and_named(fault):
    found = faults_of(
        judged(
            fault.task,
            fault_text(fault),
            arguments_for(fault),
            fault.compiled,
        )
    )
    assert found.keys() - {*fault.also} == {fault.requirement}, found
    names_it(found[fault.requirement], fault)


def styles_of_this_stack():
    """Return the styles that this stack judges: each is judged on one."""
    found = []
    for place, style in enumerate(STYLES):
        everywhere = exists(style, (2, 15)) and exists(style, (3, 0))
        own_turn = place % 3 == STACK or not everywhere
        if exists(style, KERAS_VERSION) and own_turn:
            found.append(style)
    return found


@pytest.mark.parametrize(
    'style', styles_of_this_stack(), ids=lambda style: style.name
)
def test_correct_solution_is_accepted(style):
    # All arguments, and closer looks, are tried with the project's own
    # modules; `make sweep` tries these styles and more with drawn ones.
    result = judged(style.task, style_text(style.file), fixed)
    assert not [one for one in result['verdicts'] if not one['met']]


@pytest.mark.parametrize('task', range(4))
def test_own_module_is_correct(task):
    source = (ROOT / f'{MODULES[task]}.py').read_text(encoding='utf-8')
    result = judged(task, source, compiled=not STACK)
    assert all(verdict['met'] for verdict in result['verdicts']), result
    assert not result['notes']


def test_what_waits_for_a_requirement_names_it():
    text = VANILLA.replace('hidden_layers:', 'hidden_layers[:2]:')
    result = judged(0, text, fixed)
    needs = {one['name']: one['needs'] for one in result['verdicts']}
    assert needs['hidden layers'] == ''
    assert needs['encoder relu'] == 'hidden layers'
    assert needs['trains'] == 'hidden layers'
    assert not any(one['met'] for one in result['verdicts'] if one['needs']), (
        result
    )


def test_what_waits_for_something_that_waits_names_what_is_wrong():
    rows = [
        Requirement(name, '', None, needs)
        for name, needs in (('a', ()), ('b', ('a',)), ('c', ('b', 'a')))
    ]
    evidence = SimpleNamespace(seen=SimpleNamespace(missing=(), stage=''))
    found = judge.outcomes(
        rows,
        [evidence],
        lambda row, _: Fault('Wrong.', '') if row.name == 'a' else None,
    )
    assert [outcome.needs for outcome in found] == ['', 'a', 'a']


def unfinished(text, returned):
    """Return the text of a module that returns something else so far."""
    assert 'return encoder, decoder, auto' in text
    return text.replace('return encoder, decoder, auto', f'return {returned}')


@pytest.mark.parametrize(
    'task, text, returned, says, change',
    [
        (0, VANILLA, 'encoder, None, None', 'The encoder is', 'decoder comes'),
        (
            2,
            CONVOLUTIONAL,
            'encoder, None, None',
            'The encoder is correct. `decoder` and `auto` are None so far.',
            'an upsampling for each of `filters[::-1]`',
        ),
        (
            3,
            VARIATIONAL,
            'encoder, decoder, None',
            'The encoder is correct. The decoder is correct. `auto` is None',
            '`auto` comes next',
        ),
    ],
)
def test_models_that_are_there_are_judged_while_others_are_none(
    task, text, returned, says, change
):
    result = judged(task, unfinished(text, returned), fixed)
    found = faults_of(result)
    assert [*found] == ['builds']
    assert says in found['builds']['found']
    assert change in found['builds']['change']
    assert found['builds']['mistake'] == 'models-still-missing'
    met = {one['name']: one['met'] for one in result['verdicts']}
    assert met['encoder relu']
    assert not met['trains'] and not met['adam']


def test_an_encoder_alone_is_told_what_is_wrong_with_it():
    text = VANILLA.replace("latent_dims, activation='relu'", 'latent_dims')
    result = judged(0, unfinished(text, 'encoder, None, None'), fixed)
    found = faults_of(result)
    assert [*found] == ['builds', 'encoder relu']
    assert found['builds']['change'].startswith('First fix the encoder')
    assert 'correct' not in found['builds']['found']


def test_a_shape_is_no_fault_beside_what_makes_it():
    text = CONVOLUTIONAL.replace("padding='valid'", "padding='same'")
    assert [*faults_of(judged(2, text, fixed))] == ['valid padding']


ENCODER_OF_ANOTHER_SIZE = """
from tensorflow import keras


def autoencoder(input_dims, hidden_layers, latent_dims):
    x = inputs = keras.Input((input_dims,))
    for nodes in hidden_layers:
        x = keras.layers.Dense(nodes, activation='relu')(x)
    code = keras.layers.Dense(latent_dims + 1, activation='relu')(x)
    return keras.Model(inputs, code), None, None
"""
ENCODER_WITHOUT_POOLING = """
from tensorflow import keras


def autoencoder(input_dims, filters, latent_dims):
    x = inputs = keras.Input(input_dims)
    for count in filters:
        x = keras.layers.Conv2D(
            count, (3, 3), padding='same', activation='relu'
        )(x)
    return keras.Model(inputs, x), None, None
"""


@pytest.mark.parametrize(
    'task, text', [(0, ENCODER_OF_ANOTHER_SIZE), (2, ENCODER_WITHOUT_POOLING)]
)
def test_an_encoder_alone_may_have_another_code(task, text):
    found = faults_of(judged(task, text, fixed))
    assert found['builds']['found'] == '`decoder` and `auto` are None so far.'
    assert 'latent dims' in found


def choose_two(task, rng):
    """Return fixed arguments, and those of the script."""
    return [*fixed(task, rng), Arguments.of_script(task)]


def test_nothing_is_called_correct_where_a_call_fails():
    # Given only two models where there are two hidden layers.
    text = unfinished(VANILLA, '(encoder, None, None)[: len(hidden_layers)]')
    found = faults_of(judged(0, text, choose_two))
    assert '2 values, in a tuple' in found['builds']['found']
    assert 'correct' not in found['builds']['found']


def test_two_outputs_of_a_plain_encoder_are_refused():
    text = VANILLA.replace('(inputs, code)', '(inputs, [code, code])').replace(
        'encoder(inputs)', 'encoder(inputs)[0]'
    )
    found = faults_of(judged(0, text, fixed, only=('latent dims',)))
    assert found['latent dims']['found'] == 'It gives 2 arrays.'


def test_twice_the_penalty_is_told_as_its_weight():
    text = SPARSE.replace('self.lambtha * tf', '2 * self.lambtha * tf')
    found = faults_of(judged(1, text, fixed, only=('penalty',)))
    assert found['penalty']['mistake'] == 'penalty-weight'


@pytest.mark.parametrize(
    'style, says',
    [
        ('variational_a_train_step', 'The `val_loss` that `fit` prints is 0'),
        ('variational_noise_in_training_only', 'noise in training only'),
    ],
)
def test_what_is_unusual_and_no_fault_is_noted(style, says):
    (note,) = judged(3, style_text(style), fixed)['notes']
    assert says in note


def test_a_penalty_may_be_left_out_where_nothing_is_trained():
    text = style_text('sparse_a_train_step')
    assert text.count('+ self.lambtha') == 1
    text = text.replace('+ self.lambtha', '+ training * self.lambtha')
    result = judged(1, text, fixed)
    assert not faults_of(result), result


def test_small_units_are_compared_in_their_own_size():
    # Given a unit whose values are far below those of the other, and wrong.
    right = Right([np.array([[1e6, 0.01], [2e6, 0.02]])])
    one = SimpleNamespace(
        drawn='scaled',
        weights={'encoder': []},
        encoded=[np.array([[1e6, 0.01], [2e6, 0.03]])],
    )
    seen = SimpleNamespace(arguments=Arguments(0, SEVERAL[0]))
    evidence = SimpleNamespace(seen=seen, passes=[(one, right)])
    assert layer_checks.is_wrong(evidence, 'encoder')


def test_a_frozen_layer_of_the_decoder_is_named():
    text = VANILLA.replace("'sigmoid')", "'sigmoid', trainable=False)")
    found = faults_of(judged(0, text, fixed, only=('trains',)))
    assert 'Layer 5 of `decoder`' in found['trains']['found']
    assert '`decoder`' in found['trains']['expected']


def test_parameters_after_those_of_the_assignment_need_no_note():
    text = VANILLA.replace('latent_dims):', 'latent_dims, rate=0.001):')
    assert not judged(0, text, fixed, only=('builds',))['notes']


def test_other_names_of_parameters_are_noted():
    text = VANILLA.replace('input_dims', 'inputs_given')
    (note,) = judged(0, text, fixed, only=('builds',))['notes']
    assert 'are called inputs_given, hidden_layers, latent_dims;' in note


def test_64_bits_are_judged_as_32_are():
    text = VANILLA.replace(
        '\n\n\ndef', "\nkeras.backend.set_floatx('float64')\n\n\ndef"
    )
    result = judged(0, text, fixed)
    assert not faults_of(result), result


def test_a_fit_that_fails_is_told_once_and_nothing_of_it_is_met():
    text = VANILLA.replace("'binary_crossentropy'", 'lambda x, y: 1 / 0')
    result = judged(0, text, fixed)
    assert [*faults_of(result)] == ['cross entropy']
    met = {one['name']: one['met'] for one in result['verdicts']}
    assert not met['trains'] and not met['adam']


def test_the_scripts_arguments_are_told_where_they_show_a_fault():
    text = VANILLA.replace("'sigmoid'", "'hard_sigmoid'")
    found = faults_of(judged(0, text, choose_two, only=('sigmoid',)))
    assert 'hard_sigmoid' in found['sigmoid']['found']
    text = VANILLA.replace('input_dims, activation', '30, activation')
    found = faults_of(judged(0, text, choose_two, only=('input dims',)))
    assert '784' in found['input dims']['expected']


def test_files_in_place_of_other_modules_are_noted():
    others = {'random.py': b'', 'mine.py': b'', 'keras/__init__.py': b''}
    first, second = judged(0, '1 / 0', others=others)['notes']
    assert '`keras/__init__.py`' in first
    assert '`random.py`' in second


@pytest.fixture(scope='module')
def anchors():
    """Return the anchors of the entries on the page of mistakes, a list."""
    titles = re.findall('^### (.*)$', PAGE, re.M)
    anchors = [title.lower().replace(' ', '-') for title in titles]
    return anchors + re.findall('<a id="(.*?)"></a>', PAGE)


def test_every_mistake_is_on_the_page_once(anchors):
    assert len(anchors) == len(set(anchors))
    assert {*anchors} == {*ENTRIES}
    assert {fault.mistake for fault in FAULTS} <= {*anchors}


def test_every_entry_on_the_page_is_named_by_the_checker(anchors):
    code = ''.join(
        path.read_text(encoding='utf-8')
        for path in (ROOT / 'checker').glob('*.py')
    )
    named = {fault.mistake for fault in FAULTS} | {'module'}
    # What is in a training script is no mistake of a module.
    elsewhere = {'inputs-not-divided-by-255'}
    for anchor in {*anchors} - elsewhere:
        # An entry may be about several mistakes.
        kinds = {anchor, *ENTRIES[anchor].anchors}
        assert kinds & named or any(f"'{kind}'" in code for kind in kinds)


def test_every_link_between_entries_leads_somewhere(anchors):
    assert {*re.findall(r'\(#([\w-]+)\)', PAGE)} <= {*anchors}


def test_every_code_on_the_page_is_python_with_its_imports():
    for code in re.findall('```python\n(.*?)```', PAGE, re.S):
        compile(re.sub(r'^return', 'pass; x =', code), 'mistakes.md', 'exec')
        if 'tf.' in code:
            assert 'import tensorflow as tf' in code, code


@pytest.mark.parametrize('task, count', enumerate((14, 15, 22, 19)))
def test_each_requirement_waits_for_others_of_its_task(task, count):
    rows = table(task)
    names = [row.name for row in rows]
    assert len(names) == len(set(names)) == count
    for row in rows:
        assert row.name not in row.needs
        assert {*row.needs} <= {*names}, row


def test_fixed_arguments_have_one_reading():
    for values in SEVERAL.values():
        sizes = values[1]
        assert sizes not in (sorted(sizes), sorted(sizes)[::-1], sizes[::-1])
