"""What to change where that depends on the module: on its names and lines.

Each function returns an empty text if it does not apply.
"""

import difflib
import re

from checker.source import LAYER, OUTPUTS

# Where a name comes from that is often used without its import.
MODULES = {
    'tf': 'import tensorflow as tf',
    'keras': 'from tensorflow import keras',
    'np': 'import numpy as np',
    'K': 'from tensorflow.keras import backend as K',
}
FROM_KERAS = 'backend', 'layers', 'regularizers', 'Model'
FROM_LAYERS = (
    'Dense',
    'Input',
    'Conv2D',
    'MaxPooling2D',
    'UpSampling2D',
    'Lambda',
    'Layer',
)
IMPORTS = {
    **MODULES,
    **{name: f'from tensorflow.keras import {name}' for name in FROM_KERAS},
    **{
        name: f'from tensorflow.keras.layers import {name}'
        for name in FROM_LAYERS
    },
}
# What TensorFlow calls a function.
FUNCTIONS = {
    'sum': 'tf.reduce_sum',
    'mean': 'tf.reduce_mean',
    'exp': 'tf.exp',
    'square': 'tf.square',
    'sqrt': 'tf.sqrt',
    'abs': 'tf.abs',
    'shape': 'tf.shape',
    'log': 'tf.math.log',
    'reduce_sum': 'tf.reduce_sum',
    'reduce_mean': 'tf.reduce_mean',
    'normal': 'tf.random.normal',
    'binary_crossentropy': 'keras.losses.binary_crossentropy',
}
# For names that the entries use: the pattern of how such a thing is made.
MADE_BY = {
    **dict.fromkeys(('inputs', 'given'), r'\bInput\('),
    **dict.fromkeys(('encoder', 'decoder', 'auto'), r'\bModel\('),
    **dict.fromkeys(('x', 'y', 'code'), LAYER),
    **dict.fromkeys(OUTPUTS, '$^'),
}
TWO_ARGUMENTS = (
    'A loss may only use its two arguments. Add whatever needs other tensors '
    'with `self.add_loss` in a layer.'
)
# What packages are really called.
PACKAGES = {
    'tf': 'tensorflow',
    'TensorFlow': 'tensorflow',
    'Tensorflow': 'tensorflow',
    'np': 'numpy',
    'Keras': 'keras',
    'plt': 'matplotlib.pyplot',
}


def undefined_name(error, source, match):
    """Return what to do about a name that is not defined."""
    name = match[1]
    if name in ('get_ipython', 'display'):
        return (
            f'`{name}` works only in a notebook: remove '
            f'{source.quote(error["line"])}.'
        )
    if name in IMPORTS:
        return f'Add `{IMPORTS[name]}` to the first lines of the module.'
    if name in FUNCTIONS and re.search(rf'(?<![\w.]){name}\(', source.text):
        return f'Write `{FUNCTIONS[name]}` for `{name}`.'
    if f'self.{name}' in source.text or name in ('add_loss', 'add_weight'):
        return f'Write `self.{name}`: it belongs to the layer.'
    question = ''.join(
        f'Is it `{other}`? ' for other in similar_names(name, error, source)
    )
    return (
        f'{question}Nothing is called `{name}` at that place: give it a value '
        'first, import it, or write the name that it has in this module.'
    )


def similar_names(name, error, source):
    """Return the name of the module that could be meant, if any, in a list."""
    if name not in MADE_BY:
        words = {*re.findall(r'[^\W\d]\w+', source.text)} - {name}
        return difflib.get_close_matches(name, words, 1, 0.7)
    own = source.names.get(name)
    found = [
        one.name
        for one in source.assigned
        if one.name == own
        or one.line < error['line']
        and re.search(MADE_BY[name], one.value)
    ]
    if name in ('inputs', 'encoder'):
        return found[:1]
    return found[-1:]


def missing_module(error, source, match):
    """Return what to do about a module that cannot be imported."""
    name = match[1]
    first, _, rest = name.partition('.')
    if first in PACKAGES:
        return (
            f'The package is called `{PACKAGES[first]}`: write that for '
            f'`{first}` in {source.quote(error["line"])}.'
        )
    if first in ('keras', 'tensorflow') and rest:
        return (
            f'There is no `{name}`. Layers are in `tensorflow.keras.layers`, '
            'losses in `tensorflow.keras.losses`, and `Model` is in '
            '`tensorflow.keras`: import what you need from there in '
            f'{source.quote(error["line"])}.'
        )
    return (
        f'There is no package or file `{name}` here. The function needs only '
        'TensorFlow, so remove the import and what uses it. Or if it is one '
        'of your files, put it next to this one.'
    )


def save_as_utf8(error, source, match):
    """Return what to do about a module that is not saved as UTF-8."""
    line = source.undecodable
    if not line:
        return ''
    if line == 1 and b'\0' in source.data:
        return (
            'Save the file as UTF-8. It is in UTF-16, which Python does not '
            'read; in PowerShell, `>` writes that. Most editors can save a '
            'file with another encoding.'
        )
    return (
        'Save the file as UTF-8, with the command of your editor for saving '
        'with another encoding. The first characters that are not UTF-8 are '
        f'in {source.quote(line)}.'
    )


def outside_in_layer(error, source, match):
    """Return what to do about a layer's function with other tensors."""
    if 'auto.fit' in error['what']:
        return ''
    closure = source.closure(error['line'])
    if not closure:
        return ''
    return (
        f'{uses(closure)} Call the layer with a list of all that it needs, '
        'such as `[mean, log_variance]`, and unpack the list in the function: '
        f'`mean, log_variance = {closure.parameters[0]}`.'
    )


def outside_in_loss(error, source, match):
    """Return what to do about a loss that uses other tensors."""
    closure = source.closure(error['line'])
    if not closure:
        return TWO_ARGUMENTS
    target, output = [*closure.parameters, 'y'][:2]
    changes = []
    unpacked = heads_to_unpack(closure, error['order'], source)
    if unpacked:
        encoder = source.own['encoder']
        changes.append(
            f'Add as its first line: `{unpacked} = {encoder}({target})`.'
        )
    ends = source_ends(source)
    for end, instead in (('input', target), ('output', output)):
        if ends[end] in closure.used:
            changes.append(f'Write `{instead}` for `{ends[end]}` in it.')
    return ' '.join([uses(closure), *(changes or [TWO_ARGUMENTS])])


def heads_to_unpack(closure, order, source):
    """Return the names that a loss has to unpack the encoder's outputs into.

    Args:
        closure: The `Closure` of the loss.
        order: Tuple, see `Solution`. Where the order is wrong, the report
            says so: these names are in the correct one.
        source: The `Source` of the module.

    Returns:
        String such as `_, mean, log_variance`, or empty.
    """
    outputs = [source.own.get(name) for name in OUTPUTS]
    names = [outputs[place] for place in order[1:]]
    names = [name if name in closure.used else '_' for name in names]
    if names == ['_', '_']:
        return ''
    return ', '.join(['_', *names])


def uses(closure):
    """Return which tensors of the model a function uses, in a sentence."""
    names = '` and `'.join(closure.used)
    return (
        f'The function in {closure.quote} uses `{names}` of the model, which '
        'have no values there.'
    )


def source_ends(source):
    """Return the names of the `input` and the `output` of `auto`."""
    own = source.own
    ends = {'input': own.get('inputs', 'inputs'), 'output': ''}
    for one in source.assigned:
        found = re.search(
            r'Model\((?:inputs=)?\[?(\w+)\]?, (?:outputs=)?\[?(\w+)\]?[,)]',
            one.value,
        )
        if one.name == own['auto'] and found:
            ends = {'input': found[1], 'output': found[2]}
    return ends


def indexed_outputs(source):
    """Return what to do about a loss that takes `y_pred` for a list."""
    found = source.find(r'\by_pred\w*\[\d')
    if not found:
        return ''
    own = source.own
    names = [own.get(name, name) for name in ('mean', 'log_variance')]
    unpacked = f'_, {", ".join(names)} = {own["encoder"]}(y_true)'
    quotes = '; '.join(quote for _, quote in found[:4])
    return (
        'A loss gets the images that `auto` gives, and the mean is not among '
        'them. Take the mean and the log variance from the encoder, with '
        f'`{unpacked}`, and compare images with `y_pred` itself, without an '
        f'index. Change {quotes}.'
    )


def indexed_outputs_in_error(error, source, match):
    """Return `indexed_outputs` after an exception."""
    return indexed_outputs(source)


def indexed_outputs_in_loss(verdict, source):
    """Return `indexed_outputs` after a wrong loss."""
    return indexed_outputs(source)


def pair_of_data(error, source, match):
    """Return what to do about a `train_step` that gets a pair."""
    found = source.find(r'def (?:train|test)_step\(self, (\w+)\)')
    if not found:
        return ''
    text, quote = found[0]
    name = re.search(r'(\w+)\)$', text)[1]
    return (
        f'`fit` gives this function a pair, the inputs and the targets. Add '
        f'as its first line: `x, y = {name}`, and use `x` below it, in {quote}'
        '.'
    )


def unpack_outputs(verdict, source):
    """Return how to unpack the outputs of the encoder."""
    encoder = source.own['encoder']
    lines = source.find(rf'\b{encoder}(?:\(|\.outputs?\b)')
    change = (
        f'{verdict["change"]} The outputs of the encoder are the latent '
        'representation, the mean and the log variance, in this order: unpack '
        f'them as `_, mean, log_variance = {encoder}(x)`.'
    )
    if not lines:
        return change
    quotes = '; '.join(quote for _, quote in lines)
    return f'{change} Compare {quotes}.'


def stuck_loop(verdict, source):
    """Return what to do about a loop that goes on with the same input."""
    stuck = source.stuck
    if not stuck:
        return ''
    return (
        f'The loop calls each layer on the same `{stuck.fed}`, so that the '
        f'last one alone counts. Write `{stuck.made} = {stuck.fed}` before '
        f'the loop, and `({stuck.made})` for `({stuck.fed})` in {stuck.quote}.'
    )


def crossentropy_twice(verdict, source):
    """Return what to do if both `add_loss` and `compile` add it."""
    added = source.find(r'\.add_loss\(.*')
    terms = source.find(r'\b(?:binary_crossentropy|BinaryCrossentropy)\b')
    compiled = source.find(r'loss=.?(?:\w+\.)*[bB]inary_?[cC]rossentropy')
    if not added or not compiled or len(terms) < 2:
        return ''
    others = [quote for _, quote in terms if quote != compiled[-1][1]]
    return (
        'The cross-entropy is in the loss twice: `compile` adds it, and so '
        f'does {added[-1][1]}. Add only the divergence there, and remove the '
        f'cross-entropy from {others[0]}.'
    )


def lines_with(pattern, before):
    """Return a function: what to do about all lines that fit a pattern.

    Args:
        pattern: String, what such a line contains.
        before: String, the change; the lines are named after it. `{}` stands
            for what fits in the first of them.
    """

    def change(verdict, source):
        found = source.find(pattern)
        if not found:
            return ''
        quotes = [quote for _, quote in found[:4]]
        more = ''
        if len(found) > 4:
            more = f', and {len(found) - 4} more'
        return f'{before.format(found[0][0])} {"; ".join(quotes)}{more}.'

    return change


def reversed_list(verdict, source):
    """Return what to write for `.reverse()`, which changes a list."""
    found = source.find(r'\b(\w+)\.reverse\(\)')
    if not found:
        return ''
    text, quote = found[0]
    name = text.split('.')[0]
    return (
        f"`{text}` changes the caller's list. Write `{name} = {name}[::-1]`, "
        f'which makes a new list, in place of {quote}.'
    )


def regularizers_on_many(verdict, source):
    """Return what to do about an activity penalty on several layers."""
    found = source.find(r'\bactivity_regularizer *=')
    if len(found) < 2:
        return ''
    quotes = '; '.join(quote for _, quote in found[:6])
    return (
        'Only the code gets a penalty: leave `activity_regularizer` on its '
        f'layer, and remove it from the others. You use it in {quotes}.'
    )


def keras_as_imported(text, source):
    """Return a text with `keras.` written as this module can write it."""
    bound = source.bound
    if 'keras' in bound or f'`{IMPORTS["keras"]}`' in text:
        return text
    for name, what in bound.items():
        if what in ('keras', 'tensorflow.keras'):
            return re.sub(r'(?<![\w.])keras\.', f'{name}.', text)
    if bound.get('tf') == 'tensorflow':
        return re.sub(r'(?<![\w.])keras\.', 'tf.keras.', text)
    return text


def missing_imports(text, source):
    """Return which of `tf` and `keras` a text uses and a module lacks."""
    codes = ' '.join(re.findall('`([^`]*)`', text))
    return [
        name
        for name in ('tf', 'keras')
        if re.search(rf'(?<![\w.]){name}\.', codes)
        and name not in source.bound
        and f'`{IMPORTS[name]}`' not in text
    ]
