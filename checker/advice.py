"""From what an exception says to what to change, and an entry to read.

All here is words: no verdict depends on it.
"""
import re
from collections import namedtuple
from types import SimpleNamespace

from checker.assignment import fix
from checker.source import Source, readable  # noqa: F401

Advice = namedtuple('Advice', 'what change entry')

# Where a name comes from that is often used without its import.
IMPORTS = {
    'tf': 'import tensorflow as tf', 'tensorflow': 'import tensorflow',
    'keras': 'from tensorflow import keras', 'np': 'import numpy as np',
    'K': 'from tensorflow.keras import backend as K',
    'ops': 'from keras import ops', 'numpy': 'import numpy',
    **{name: f'from tensorflow.keras import {name}' for name in (
        'backend', 'layers', 'Model')},
    **{name: f'from tensorflow.keras.layers import {name}' for name in (
        'Dense', 'Input', 'Conv2D', 'MaxPooling2D', 'UpSampling2D',
        'Lambda', 'Layer')}}
# What TensorFlow calls a function of other libraries.
FUNCTIONS = {
    'sum': 'tf.reduce_sum', 'mean': 'tf.reduce_mean', 'log': 'tf.math.log',
    'int_shape': 'tf.shape', 'random_normal': 'tf.random.normal',
    'randn': 'tf.random.normal', 'normal': 'tf.random.normal',
    'binary_crossentropy': 'keras.losses.binary_crossentropy',
    **{name: f'tf.{name}' for name in (
        'exp', 'square', 'sqrt', 'abs', 'shape', 'reduce_sum',
        'reduce_mean')}}
# What the names of the entries stand for.
ENTRIES = {
    'inputs': "the encoder's `Input`", 'given': "the decoder's `Input`",
    'x': 'the output of the layer before', 'auto': 'the full model',
    'y': 'the output of the layer before', 'encoder': 'the encoder',
    'decoder': 'the decoder', 'code': 'the output of the encoder',
    'latent': 'the sample', 'mean': "the mean's layer",
    'log_variance': "the log variance's layer"}
NOISE = 'noise = tf.random.normal(tf.shape(mean))'
PARAMETERS = ['input_dims, hidden_layers, latent_dims',
              'input_dims, hidden_layers, latent_dims, lambtha',
              'input_dims, filters, latent_dims',
              'input_dims, hidden_layers, latent_dims']
MAIN = "under `if __name__ == '__main__':`, or in a file of its own"
FIRST_STEP = (
    'Write the encoder first: an `Input` of `input_dims`, {} and a '
    '`keras.Model` of both ends. Then the decoder, and `auto`, compiled. End '
    'with `return encoder, decoder, auto`. The entry has an example.')


class Error:
    """An exception that a solution raised.

    Attributes:
        text: String, what the patterns of `RULES` are searched for in.
        line: Integer, the last line of the module that ran, or None.
        what: String, the exception with the line of the solution.
        solution, source: See `of_error`.
    """

    def __init__(self, error, source):
        """Take apart what `worker.describe` returned."""
        solution, what = SimpleNamespace(**error, source=source), error['what']
        kind, message = str(error['type']), str(error['message'])[:20000]
        core = readable(message, 300)
        self.solution, self.source = solution, solution.source
        place = ' in a layer' * bool(error['layers'])
        self.text = (f'task {solution.task}, {what}{place}: {kind}: {core}\n'
                     + message)
        lines = [line for line in error['lines'] if isinstance(line, int)]
        # Keras 2 names the lines of a compiled layer in the text only.
        lines += [int(line) for path, line in re.findall(
            r'File "([^"]+)", line (\d+)', message) if path == solution.path]
        self.line, self.what = None, f'{kind}: {core}'.rstrip(': ')
        if lines:
            self.line, quoted = self.source.quote(lines[-1])
            if not self.what.endswith('...'):
                self.what = self.what.rstrip('.')
            self.what += f', in line {self.line}' + (
                f', in a layer `{error["layers"][-1]}`'
                if place and len(lines) > 1 else '') + f': `{quoted}`'
        self.what += '.' * (not self.what.endswith('.'))


def of_error(error, source):
    """Return what to say of an exception that a solution raised.

    Args:
        error: Dict, see `worker.describe`.
        solution: A `Solution`.
        what: String, what was tried.

    Returns:
        An `Advice`: the exception with the line of the solution, what to
        change, and the anchor in docs/mistakes.md.
    """
    solution = SimpleNamespace(**error)
    error, vae = Error(error, source), solution.task == 3
    for pattern, change, entry in RULES:
        found = re.search(pattern, error.text)
        if found:
            change = change(error, found) if callable(change) else (
                change.format(
                    *filter(None, found.groups()), place='[0]' * vae,
                    weights=', loss_weights=[input_dims]' * vae,
                    parameters=PARAMETERS[solution.task]))
            if change:
                return Advice(error.what, change, entry)
    return Advice(error.what, '', '')


def complete(verdict, source, error=None, seen=()):
    """Add to what a verdict says what the module's text tells.

    Args:
        verdict: Dict, see `requirements.judge`; it is changed.
        source: The `Source` of the module.
    """
    if verdict['met']:
        return
    if error:
        (verdict['found'], verdict['change'],
         verdict['mistake']) = of_error(error, source)
    verdict['change'] = verdict['change'] or fix(verdict['mistake'])
    if not error and verdict['mistake'] in ('order-of-outputs', 'loss-of-the-sample'):
        verdict['change'] += ' ' + taken_apart(
            SimpleNamespace(source=source))
    key = verdict['expected'], verdict['found']
    verdict['again'] = key in seen
    seen.add(key)
    entry, change = verdict['mistake'], verdict['change']
    if source.is_stub and not verdict['again']:
        layers = ('a convolution and a pooling for each of `filters`'
                  if 'filters' in source.text else
                  'a `Dense` for each of `hidden_layers` and for '
                  '`latent_dims`')
        change, entry = FIRST_STEP.format(layers), 'first-step'
    for pattern, shown, cause, leads in CAUSES:
        line = source.find(pattern)
        if line and re.search(shown, verdict['found']):
            change, entry = cause.format(line), leads
    if entry in ('hidden-layers', 'not-reversed') and source.stuck:
        line, text, fed, made = source.stuck
        change = (f'In line {line}, `{text}`, the loop calls each layer on '
                  f'the same `{fed}`, so that the last one alone counts. Add '
                  f'`{fed} = {made}` below that line, in the loop.')
        entry = 'hidden-layers'
    for name in ('tf', 'keras'):
        if re.search(rf'`[^`]*\b{name}\.', change) and (
                not source.imports(name)
                and f'`{IMPORTS[name]}`' not in change):
            change += f' This needs `{IMPORTS[name]}` at the top.'
    verdict.update(mistake=entry, change=change)


def taken_apart(solution):
    """Return what to change where outputs of the encoder are unpacked."""
    lines = [f'line {number}, `{text}`' for number, text
             in solution.source.taken_apart()]
    return ('The outputs of the encoder are the latent representation, the '
            'mean and the log variance, in this order: unpack them as '
            f'`_, mean, log_variance = {solution.source.returned[0]}(x)`'
            + '. Compare ' * bool(lines) + '; '.join(lines) + '.')


def _name(error, match):
    """Return what to do about a name that is not defined."""
    name, source = match.group(1), error.source
    if name in IMPORTS:
        return f'Add `{IMPORTS[name]}` to the first lines of the module.'
    if name in FUNCTIONS and f'{name}(' in source.text:
        return f'Write `{FUNCTIONS[name]}` for `{name}`.'
    if f'self.{name}(' in source.text or name in ('add_loss', 'add_weight'):
        return f'Write `self.{name}`: it is of the layer.'
    if name in ENTRIES:
        own = source.stands_for(name, error.line)
        return (f'`{name}` is the entries\' name for {ENTRIES[name]}: write '
                'what this module calls it'
                + (f', probably `{own}`.' if own else '.'))
    like = source.like(name)
    if like:
        return f'Is it `{like}`? Nothing is called `{name}` at that place.'
    return (f'Nothing is called `{name}` at that place: give it a value '
            'first, import it, or write the name that it has in this module.')


def _attribute(error, match):
    """Return what to do about a name that a module does not have."""
    module, missing, imported = match.groups()
    missing = missing or imported
    text = f'There is no `{missing}` in `{module}`. '
    if not module or 'keras' in module:
        text = (f'This Keras has no `{missing}` there: `keras.ops` and '
                '`keras.random` are of Keras 3, most of `keras.backend` is '
                'of Keras 2. ')
    if missing in FUNCTIONS:
        return text + (f'Inside a layer, `{FUNCTIONS[missing]}` works on '
                       'both.')
    return text + ("TensorFlow's own, such as `tf.exp`, works on both, "
                   'inside a layer.')


def _closed_over(error, match):
    """Return the line to add to a loss that uses tensors of the model."""
    source, order = error.source, error.solution.order
    found = source.closure(error.line, parameters=2)
    names = []
    if found and len(source.outputs) == 3:
        # Where the order is wrong, the report says so: this is the right one.
        names = [source.outputs[place] for place in order]
        names = ['_', *(n if n in found[2] else '_' for n in names[1:])]
    if not set(names) - {'_'}:
        return ('A loss function may use its two arguments only. It takes '
                'tensors of the model from outside: add that term with '
                '`self.add_loss` in a layer.')
    return (f'The loss in line {found[0]}, `{found[1]}`, uses '
            + ' and '.join(f'`{name}`' for name in names if name != '_')
            + ' of the model, which have no values while it trains. Add as '
            f'its first line: `{", ".join(names)} = '
            f'{source.returned[0]}({found[3]})`.')


def _outside(error, match):
    """Return what to do about a layer that uses a tensor from outside."""
    found = error.source.closure(error.line)
    if not found:
        return ''
    line, text, outside, parameter = found
    return (f'The function in line {line}, `{text}`, uses '
            + ' and '.join(f'`{name}`' for name in outside)
            + ' from outside, without a value there. Call the layer with a '
            'list of all that it needs, such as `[mean, log_variance]`, and '
            'unpack the list in the function: '
            f'`mean, log_variance = {parameter}`.')


def _unpack(error, match):
    """Return how to unpack the outputs of the encoder."""
    if error.solution.task == 3 and error.line in [
            line for line, _ in error.source.taken_apart()]:
        return taken_apart(error.solution)
    return ''


# What a line of the module shows to be the cause: its pattern, a pattern of
# what is found, what to change, and the anchor.
CAUSES = [
    (r'tensorflow\.python', r'^\w*(Error|Exception)\b', '`tensorflow.python` '
     'is private to TensorFlow, and its Keras is an old one. In {}, write '
     '`tensorflow` for `tensorflow.python`.', 'functions-of-another-keras'),
    ('disable_eager_execution|disable_v2', r'^\w*(Error|Exception)\b|policy',
     'Without eager execution, nothing has a value. Remove {}.', 'module'),
    (r'set_floatx\(', 'float64|double', 'Half of the numbers are now float64, '
     'the others float32. Remove {}.', 'noise-of-another-type')]
SYMBOLIC = ('KerasTensor|symbolic Keras input/output|out of scope|'
            'inputs to eager execution function|[Ss]ymbolic')
IN_NOISE = r'^(?:task \d.* in a layer|task 3.*auto\.fit)'
# A pattern for "task 3, what was tried: type: message"; what to change, with
# `{0}` for a group of the pattern, or a function of an `Error` and the match,
# which returns '' where the rule does not fit after all; and the anchor in
# docs/mistakes.md. The first that fits is named.
RULES = [
    (': SystemExit', 'The module ends the process when it is imported: put '
     f'such lines {MAIN}.', 'module'),
    (': (?:Syntax|Indentation|Tab)Error', 'This is not valid Python: look at '
     'that line, and at the one before it.', 'module'),
    ('importing .*EOFError', 'The module asks for input when it is imported, '
     f'which nobody answers here: put such lines {MAIN}.', 'module'),
    (r"No module named 'google", '`google.colab` is there in Colab only: '
     'remove what uses it from the module.', 'module'),
    (r"No module named '([\w.]+)'", 'There is no package or file `{0}` where '
     'this is checked. The function needs TensorFlow alone: remove the '
     'import and what uses it. If it is a file of yours, put it beside this '
     'one.', 'module'),
    ('importing .*(?:URL fetch|urlopen|HTTP|[Cc]onnection|timed? ?out|'
     'resolution|FileNotFoundError|No such file)', 'The module loads data '
     'when it is imported, and that fails, as without a network: put such '
     f'lines {MAIN}.', 'module'),
    (r"name '(\w+)' is not defined", _name, 'name-not-defined'),
    (r"local variable '(\w+)'", '`{0}` has no value yet at that place: it '
     'gets one in a loop or a branch that does not run here, as for one '
     'hidden layer. Give it one before, such as `x = inputs`, and loop over '
     'the whole list.', 'hidden-layers'),
    (r'optimizers\.legacy', 'Keras 3 has no `optimizers.legacy`: write '
     "`optimizer='adam'`, and remove what imports the other.", 'optimizer'),
    (r"module '([\w.]+)' has no attribute '(\w+)'|"
     r"cannot import name '(\w+)' from '[\w.]*keras[\w.]*", _attribute,
     'functions-of-another-keras'),
    (r'sum\(\) (takes no keyword|got an unexp)|argument for sum\(\)',
     "Python's `sum` has no `axis`: use `tf.reduce_sum`.",
     'functions-of-another-keras'),
    (r"Model: {'input|not understood:', 'input|Model\.call\(\)|"
     r'Layer.__init__\(\) takes 1', 'A model is made of both its ends: '
     '`keras.Model(inputs, outputs)`.', 'functions-of-another-keras'),
    (r"([\w.]+)\(\) got an unexpected keyword argument '(\w+)'|"
     r"Unrecognized keyword arguments passed to (\w+): {'(\w+)'",
     '`{0}` has no argument `{1}`: Keras 2 and 3 differ in some. Leave it '
     'away; if its value is needed, as in `l1(lambtha)`, leave away the name '
     'alone.', 'functions-of-another-keras'),
    (rf'auto\.fit[^\n]*: \w+: (?s:.*)({SYMBOLIC})', _closed_over,
     'loss-closed-over-symbolic-tensors'),
    (SYMBOLIC + '|Could not build a TypeSpec', _outside,
     'lambda-with-tensors-from-outside'),
    ('KerasTensor cannot be used as input to a TensorFlow|KerasTensor is '
     'symbolic|You are passing a? ?KerasTensor', 'Functions of NumPy, and on '
     'Keras 3 `tf.*` and `keras.backend.*`, work inside a layer only: move '
     'these lines into the `call` of a layer, and add a loss there with '
     '`self.add_loss`. The entry has the layer whole.',
     'tensorflow-functions-on-kerastensors'),
    (': NotImplementedError: \n', 'On Keras 3, a model has no `add_loss`: '
     'call `self.add_loss` in the `call` of a layer, where the tensors have '
     'values. The entry has the layer whole.', 'add-loss-on-a-model'),
    (r'received 3 input tensors|Received 3 instead|'
     r"structure of `?inputs`? doesn't match|expects 1 input|"
     r'expected 1 input', 'A model gets more tensors than it takes. Give the '
     'decoder one output of the encoder, the first: '
     '`decoder(encoder(inputs){place})`.', 'whole-list-to-the-decoder'),
    (f'{IN_NOISE}.*(?:float64|double|DT_DOUBLE|float16|half)', 'Numbers of '
     'two types meet: NumPy draws in float64. Draw with TensorFlow: '
     f'`{NOISE}`.', 'noise-of-another-type'),
    (f'{IN_NOISE}.*(?:partially known|unknown TensorShape|NoneType|'
     'None values|Cannot convert .*None|not supported for .*None|'
     'None.* to (?:a )?(?:Tensor|EagerTensor))', 'The size of the batch is '
     'not known (`None`) while the model is built: `tf.shape(mean)`, not '
     f'`mean.shape`: `{NOISE}`.', 'noise-of-another-shape'),
    (f'{IN_NOISE}.*(?:[Ii]ncompatible shapes|must be equal|broadcast)', 'The '
     f'noise has another shape than the mean: `{NOISE}`.',
     'noise-of-another-shape'),
    (r'automatically infer the (output )?shape(?![\s\S]*Error encountered)',
     'Give the Lambda its `output_shape=(latent_dims,)`, or make it a '
     'layer.', 'lambda-without-output-shape'),
    ('Only input tensors may be passed as positional',
     'A layer is called with tensors alone, such as `[mean, log_variance]`: '
     'take the number out of the list, and out of the line that unpacks the '
     f'list. The noise needs none: `{NOISE}`.',
     'lambda-with-tensors-from-outside'),
    (r"Cannot convert .* to a shape|TypeError: 'int' object is not iterable|"
     'Dimension value must be integer',
     'A shape is a tuple: `keras.Input(shape=(input_dims,))`.',
     'shape-without-a-comma'),
    (r"not recognized: \{'lr'", 'The argument is now called '
     "`learning_rate`; `optimizer='adam'` needs none.", 'optimizer'),
    (r'must compile|call `?compile|has not been compiled|'
     'No loss (to compute|found)|No gradients provided',
     "End with `auto.compile(optimizer='adam', loss='binary_crossentropy'"
     '{weights})`.', 'not-compiled'),
    ('values to unpack', _unpack, 'order-of-outputs'),
    (r'must be KerasTensors.*invalid value <(\w+) name|must be the output of '
     r'a TensorFlow `Layer`.*<[\w.]*\b(\w+) object', '`{0}` is made, but not '
     'called: write `(x)` behind it, with what it is called on.', 'shapes'),
    ("'list' object cannot be interpreted as an integer", 'That is a list, '
     'not a number: `for nodes in hidden_layers:`.', 'hidden-layers'),
    (r"invalid value for `?units|int\(\) argument must be.*'tuple'",
     '`latent_dims` is a tuple in '
     'task 2: the last pooling gives the code, with no `Flatten` and no '
     '`Dense`.', 'convolutions'),
    (r'autoencoder\(\) (?:takes|missing)',
     'Begin it with `def autoencoder({parameters}):`.', 'module'),
    ('conv2d.*(?:min_ndim=4|ndim=2)', 'A convolution takes images. The '
     'inputs of this task are flat, `(input_dims,)`: use a `Dense` layer for '
     'each of `hidden_layers`.', 'hidden-layers'),
    ('not connected|Graph disconnected', "The model's output does not come "
     'from its input: follow each layer back from the output to the `Input` '
     'that `keras.Model` is given. Is a loop called on another variable than '
     'that `Input`?', 'shapes'),
    ('[Nn]egative dimension|would be negative|size.* would be zero|'
     'non-positive|<= 0|must be .*positive', 'The height or width of an '
     "image reaches 0. Pooling with `padding='same'` never does, and so "
     'rounds 7 up to 4.', 'pooling-without-same'),
    (r'expected shape=\(None, \d+, \d+, (\d+)\), '
     r'found shape=\((?:None|\d+), \d+, \d+, \1\)', 'The code of the '
     'encoder has another height and width than `latent_dims`. Pooling with '
     "`padding='same'` rounds odd sizes up.", 'pooling-without-same'),
    ('expected axis -3 of input shape', 'Leave `set_image_data_format` '
     'alone: `input_dims` has the channels last.', 'shapes'),
    ('auto.fit.*(?:must have the same shape|Incompatible shapes|'
     'incompatible)', '`auto` does not give the shape of its input: compare '
     '`auto.output_shape` with `auto.input_shape`. Every size comes from an '
     'argument.', 'shapes'),
    ('Incompatible shapes|Dimensions must be equal|are incompatible|'
     'Shape mismatch|incompatible with (?:the )?layer', 'A layer or a model '
     'gets another shape than it takes. Print `.shape` of what that line '
     'calls it on: every size comes from an argument.', 'shapes'),
    ('importing ', 'The module cannot be imported. Whatever is not the '
     f'function belongs {MAIN}.', 'module')]
