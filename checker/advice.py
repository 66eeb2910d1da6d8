"""From what an exception says to what to change, and an entry to read.

All here is words: no verdict depends on it.
"""
import ast
import difflib
import re
from collections import namedtuple
from functools import cached_property
from pathlib import Path

Advice = namedtuple('Advice', 'what change entry')

# Where a name comes from that is often used without its import.
IMPORTS = {
    'tf': 'import tensorflow as tf',
    'tensorflow': 'import tensorflow',
    'keras': 'from tensorflow import keras',
    'K': 'from tensorflow.keras import backend as K',
    'backend': 'from tensorflow.keras import backend',
    'layers': 'from tensorflow.keras import layers',
    'ops': 'from keras import ops',
    'np': 'import numpy as np',
    'numpy': 'import numpy',
    **{name: f'from tensorflow.keras.layers import {name}' for name in (
        'Dense', 'Input', 'Conv2D', 'MaxPooling2D', 'UpSampling2D',
        'Lambda', 'Layer')},
    'Model': 'from tensorflow.keras import Model',
}
# What TensorFlow calls a function of other libraries.
FUNCTIONS = {
    'sum': 'tf.reduce_sum', 'mean': 'tf.reduce_mean', 'exp': 'tf.exp',
    'square': 'tf.square', 'log': 'tf.math.log', 'sqrt': 'tf.sqrt',
    'abs': 'tf.abs', 'shape': 'tf.shape', 'int_shape': 'tf.shape',
    'reduce_sum': 'tf.reduce_sum', 'reduce_mean': 'tf.reduce_mean',
    'random_normal': 'tf.random.normal', 'randn': 'tf.random.normal',
    'normal': 'tf.random.normal',
    'binary_crossentropy': 'keras.losses.binary_crossentropy',
}
TAKE_APART = (
    'Call the layer with a list of all that it needs, such as `[mean, '
    'log_variance]`, and take the list apart in the function: '
    '`mean, log_variance = {}`.')
NOISE = 'noise = tf.random.normal(tf.shape(mean))'


class Source:
    """The text of a module, for quotes and names.

    Args:
        path: String, its file.
    """

    def __init__(self, path):
        """Read it; what cannot be read is empty."""
        try:
            self.text = Path(path).read_bytes()[:10 ** 6].decode(
                errors='replace')
        except OSError:
            self.text = ''
        self.lines = self.text.split('\n')

    @cached_property
    def nodes(self):
        """All nodes of the syntax tree; none of what is no Python."""
        try:
            return list(ast.walk(ast.parse(self.text)))
        except (SyntaxError, ValueError, RecursionError):
            return []

    def quote(self, line):
        """Return the first line of the statement that a line is of.

        Args:
            line: Integer, from 1.

        Returns:
            The number of the line, and its text.
        """
        around = [node.lineno for node in self.nodes
                  if isinstance(node, ast.stmt)
                  and node.lineno <= line <= node.end_lineno]
        line = max(around, default=line)
        text = self.lines[line - 1:line]
        return line, readable(' '.join(text), 80)

    @cached_property
    def encoder(self):
        """What the module calls the encoder where it returns it."""
        for node in self.nodes:
            if isinstance(node, ast.FunctionDef) and (
                    node.name == 'autoencoder'):
                for end in filter(lambda n: isinstance(n, ast.Return),
                                  ast.walk(node)):
                    names = [getattr(name, 'id', '') for name in
                             getattr(end.value, 'elts', ())]
                    if len(names) == 3 and all(names):
                        return names[0]
        return 'encoder'

    def taken_apart(self):
        """Yield the lines that use outputs of the encoder."""
        lines = set()
        for node in self.nodes:
            if isinstance(node, ast.Call) and getattr(
                    node.func, 'id', getattr(node.func, 'attr', '')) == (
                        self.encoder):
                lines.add(node.lineno)
        for line in sorted(lines):
            yield self.quote(line)

    def like(self, name):
        """Return the name in the module that is nearest to one."""
        names = {getattr(node, key) for node in self.nodes
                 for key in ('id', 'arg', 'name', 'attr')
                 if isinstance(getattr(node, key, None), str)} - {name}
        return (difflib.get_close_matches(name, names, 1, 0.7) or [''])[0]


def taken_apart(solution):
    """Return what to change where outputs of the encoder are taken apart."""
    lines = [f'line {number}, `{text}`' for number, text
             in solution.source.taken_apart()]
    text = ('The outputs of the encoder are the latent representation, the '
            'mean and the log variance, in this order: take them apart as '
            f'`_, mean, log_variance = {solution.source.encoder}(x)`')
    if lines:
        text += '. Compare ' + '; '.join(lines)
    return text + '.'


def closed_over(solution):
    """Return the line to add to a loss that uses tensors of the model.

    Returns:
        A sentence in the module's own names, or an empty string.
    """
    try:
        loss = solution.models.description['loss']
        used = {place: name for name, place in loss['names'].items()}
        parameters, function = loss['parameters'], loss['name']
    except Exception:
        return ''
    # Where the order is wrong, the report says so: these are for the right.
    order = getattr(getattr(solution, 'sampled', None), 'order', range(3))
    names = [used.get(f'encoder {place}', '_') for place in order]
    names[0] = '_'
    if solution.task != 3 or set(names) == {'_'} or not parameters:
        return ''
    return (f'The loss `{function}` uses '
            + ' and '.join(f'`{name}`' for name in names if name != '_')
            + ' of the model, which have no values while it trains. Add as '
            f'its first line: `{", ".join(names)} = '
            f'{solution.source.encoder}({parameters[0]})`.')


def of_error(error, solution, what):
    """Return what to say of an exception that a solution raised.

    Args:
        error: Dict, see `worker.describe`.
        solution: A `Solution`.
        what: String, what was tried.

    Returns:
        An `Advice`: the exception with the line of the solution, what to
        change, and the anchor in docs/mistakes.md.
    """
    kind, message = str(error['type']), str(error['message'])[:20000]
    core = readable(message, 300)
    source, lines = solution.source, list(error['lines'])
    # Keras 2 names the lines of a compiled layer in the text only.
    lines += [int(line) for path, line in re.findall(
        r'File "([^"]+)", line (\d+)', message) if path == solution.path]
    where = ''
    if lines and isinstance(lines[-1], int):
        line, text = source.quote(lines[-1])
        where = f', in line {line}'
        if error['layers'] and len(lines) > 1:
            where += f', in a layer `{error["layers"][-1]}`'
        where += f': `{text}`'
    found = (f'{kind}: {core}' if core else kind)
    if where and not found.endswith('...'):
        found = found.rstrip('.')
    found += where
    found += '.' * (not found.endswith('.'))
    change, entry = _advice(error, kind, core, message, solution, what)
    return Advice(found, change, entry)


def _advice(error, kind, core, message, solution, what):
    """Return what to change, and an anchor."""
    task, source = solution.task, solution.source
    inside = bool(error['layers'])
    if kind == 'SystemExit':
        return ('The module ends the process when it is imported: put such '
                "lines under `if __name__ == '__main__':`.", 'module')
    if kind == 'SyntaxError' or kind == 'IndentationError':
        return ('This is no Python: look at that line, and at the one before '
                'it.', 'module')
    name = re.search(r"name '(\w+)' is not defined", core)
    if name:
        return _name(name.group(1), source), 'name-not-defined'
    attribute = re.search(
        r"module '([\w.]+)' has no attribute '(\w+)'|"
        r"cannot import name '(\w+)' from '([\w.]*keras[\w.]*)", core)
    if attribute:
        module, missing = attribute.group(1) or '', (
            attribute.group(2) or attribute.group(3))
        text = f'There is no `{missing}` in `{module}`. '
        if 'keras' in module or not module:
            text = (f'This Keras has no `{missing}` there: `keras.ops` and '
                    '`keras.random` are of Keras 3, most of `keras.backend` '
                    'is of Keras 2. ')
        if missing in FUNCTIONS:
            text += (f'Inside a layer, `{FUNCTIONS[missing]}` works on both'
                     f'{_with_tf(source, FUNCTIONS[missing])}.')
        else:
            text += ("TensorFlow's own, such as `tf.exp`, works on both, "
                     'inside a layer.')
        return text, 'functions-of-another-keras'
    if re.search(r'sum\(\) (takes no keyword|got an unexp)|'
                 r'argument for sum\(\)', core):
        return ('Python\'s `sum` has no `axis`: use `tf.reduce_sum`'
                f'{_with_tf(source)}.', 'functions-of-another-keras')
    keyword = re.search(
        r"([\w.]+)\(\) got an unexpected keyword argument '(\w+)'|"
        r"Unrecognized keyword arguments passed to (\w+): {'(\w+)'", core)
    if keyword:
        function, argument = filter(None, keyword.groups())
        return (f'`{function}` has no argument `{argument}`: Keras 2 and 3 '
                'differ in some. Leave it away; if its value is needed, as '
                'in `l1(lambtha)`, leave away the name alone.',
                'functions-of-another-keras')
    symbolic = re.search(
        'KerasTensor|symbolic Keras input/output|out of scope|'
        'inputs to eager execution function|[Ss]ymbolic', message)
    if symbolic and 'auto.fit' in what:
        return (closed_over(solution) or 'A loss function may use its two '
                'arguments only. It takes tensors of the model from outside: '
                'add that term with `self.add_loss` in a layer.',
                'loss-closed-over-symbolic-tensors')
    if symbolic and error['outside']:
        names = ' and '.join(f'`{name}`' for name in error['outside'])
        return (f'The function of that line uses {names} from outside of '
                'its layer, without a value there. '
                + TAKE_APART.format((error['inputs'] or ['inputs'])[-1]),
                'lambda-with-tensors-from-outside')
    if 'Could not build a TypeSpec' in core:  # Keras 2
        return ('The function of that layer uses a tensor of the model from '
                'outside, without a value there. '
                + TAKE_APART.format('inputs'),
                'lambda-with-tensors-from-outside')
    if re.search('KerasTensor cannot be used as input to a TensorFlow',
                 message):
        return ('On Keras 3, `tf.*` and `keras.backend.*` work inside a '
                'layer only: move these lines into the `call` of a layer, '
                'and add a loss there with `self.add_loss`. The entry has '
                'the layer whole.', 'tensorflow-functions-on-kerastensors')
    if kind == 'NotImplementedError' and not core:
        return ('On Keras 3, a model has no `add_loss`: call `self.add_loss` '
                'in the `call` of a layer, where the tensors have values. '
                'The entry has the layer whole.', 'add-loss-on-a-model')
    if re.search(r'received 3 input tensors|Received 3 instead|'
                 r"structure of `?inputs`? doesn't match|"
                 r'expects 1 input|expected 1 input', core):
        if task == 3:
            return ('The decoder gets all three outputs of the encoder. Give '
                    'it the first alone: `decoder(encoder(inputs)[0])`.',
                    'whole-list-to-the-decoder')
        return ('A model gets more inputs than it has: `decoder('
                'encoder(inputs))`.', 'shapes')
    if inside or task == 3 and 'auto.fit' in what:
        noise = _noise(core)
        if noise:
            return noise
    if re.search(r'automatically infer the (output )?shape', message) and (
            'Error encountered' not in message):
        return ('Give the Lambda its `output_shape=(latent_dims,)`, or make '
                'it a layer.', 'lambda-without-output-shape')
    for pattern, change, entry in KNOWN:
        if re.search(pattern, f'{what}: {kind}: {core}'):
            if task == 3:
                change = change.replace(
                    "loss='binary_crossentropy'", "loss='binary_crossentropy'"
                    ', loss_weights=[input_dims]')
            return change, entry
    if what.startswith('importing'):
        return (f'Run `python3 {Path(solution.path).name}` to see it.',
                'module')
    return '', ''


# A pattern for "what was tried: type: message", what to change, and the
# anchor. The first that fits is named.
KNOWN = [
    ('Only input tensors may be passed as positional',
     'A layer is called with tensors alone, such as `[mean, log_variance]`: '
     'take the number out of the list, and out of the line that takes the '
     f'list apart. The noise needs none: `{NOISE}`.',
     'lambda-with-tensors-from-outside'),
    (r"Cannot convert .* to a shape|TypeError: 'int' object is not iterable",
     'A shape is a tuple: `keras.Input(shape=(input_dims,))`.',
     'shape-without-a-comma'),
    (r"not recognized: \{'lr'",
     'The argument is now called `learning_rate`; `optimizer=\'adam\'` '
     'needs none.', 'optimizer'),
    (r'must compile|call `?compile|has not been compiled|'
     r'No loss (to compute|found)|No gradients provided',
     "End with `auto.compile(optimizer='adam', "
     "loss='binary_crossentropy')`.", 'not-compiled'),
    (r'[Nn]egative dimension|would be negative|size.* would be zero|'
     r'non-positive|<= 0|must be .*positive',
     "The height or width of an image reaches 0. Pooling with "
     "`padding='same'` never does, and so rounds 7 up to 4.",
     'pooling-without-same'),
    (r'expected shape=\(None, \d+, \d+, (\d+)\), '
     r'found shape=\((None|\d+), \d+, \d+, \1\)',
     'The code of the encoder has another height and width than '
     "`latent_dims`. Pooling with `padding='same'` rounds odd sizes up.",
     'pooling-without-same'),
    (r'expected axis -3 of input shape',
     "Leave `set_image_data_format` alone: `input_dims` has the channels "
     'last.', 'shapes'),
    (r'must have the same shape|Incompatible shapes|Dimensions must be equal'
     r'|are incompatible|Shape mismatch|incompatible with the layer|'
     r'incompatible with layer',
     'A model gets, or gives, another shape than it should: compare '
     '`auto.output_shape` with `auto.input_shape`, and '
     '`encoder.output_shape` with `decoder.input_shape`. Every size comes '
     'from an argument.', 'shapes'),
]


def _name(name, source):
    """Return what to do about a name that is not defined."""
    if name in IMPORTS:
        return (f'Add `{IMPORTS[name]}` to the first lines of the module.')
    if name in FUNCTIONS and f'{name}(' in source.text:
        return (f'Write `{FUNCTIONS[name]}`{_with_tf(source)} for `{name}`.')
    like = source.like(name)
    if like:
        return (f'Is it `{like}`? Nothing is called `{name}` at that place.')
    return (f'Nothing is called `{name}` at that place: give it a value '
            'first, import it, or write the name that it has in this module.')


def _with_tf(source, function='tf.'):
    """Return how to come by `tf`, if the module does not import it."""
    if 'import tensorflow as tf' in source.text or 'tf.' not in function:
        return ''
    return ' (with `import tensorflow as tf`)'


def _noise(core):
    """Return the advice for noise of a wrong type or shape, or None."""
    if re.search(r'float64|double|DT_DOUBLE|float16|half', core):
        return ('Numbers of two types meet: NumPy draws in float64. Draw '
                f'with TensorFlow: `{NOISE}`.', 'noise-of-another-type')
    if re.search(r'partially known|unknown TensorShape|NoneType|None values|'
                 r'Cannot convert .*None|not supported for .*None|'
                 r'None.* to (a )?(Tensor|EagerTensor)', core):
        return ('The size of the batch is not known (`None`) while the model '
                f'is built: `tf.shape(mean)`, not `mean.shape`: `{NOISE}`.',
                'noise-of-another-shape')
    if re.search(r'[Ii]ncompatible shapes|must be equal|broadcast', core):
        return ('The noise has another shape than the mean: '
                f'`{NOISE}`.', 'noise-of-another-shape')
    return None


def readable(message, length=200):
    """Return the message of an exception in one line, not too long.

    TensorFlow puts its own traceback before the message, and Keras the
    arguments of a call behind it, and prose.
    """
    message = re.sub(r'\x1b\[[0-9;]*m', '', message)
    message = message.split('Error encountered:')[-1]
    for end in ('Call arguments received by', 'Arguments received by',
                'You are likely doing something like',
                ' A KerasTensor is a symbolic', ', to a TF API that',
                ' Inputs received: ', ' Pass inputs as a dict'):
        message = message.split(end)[0]
    if 'in user code:' in message:
        named = re.findall(r'^\s*(\w+(?:Error|Exception):.*)', message,
                           re.M)
        message = named[-1] if named else message
    # Its parts are numbered, so that the same fault reads differently.
    message = re.sub(r'KerasTensor\(type_spec=.*?\)(?=, an | of )',
                     'a KerasTensor', message)
    message = re.sub(r'Exception encountered when calling [^.]*\.'
                     r'(call\(\)\.)?', '', message)
    message = re.sub(r'\{\{node .*?\}\}', '', message)
    # TensorFlow repeats the type.
    message = re.sub(r'^\s*\w+(Error|Exception): ', '', message)
    message = ''.join(c if c.isprintable() else ' ' for c in message)
    message = ' '.join(message.split())
    if len(message) > length:
        message = message[:length].rsplit(' ', 1)[0] + ' ...'
    return message
