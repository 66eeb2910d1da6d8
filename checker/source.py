"""The text of a module, for quotes and names: no verdict depends on it."""

import ast
import io
import re
import tokenize
from dataclasses import dataclass
from functools import cached_property

# A layer that is called, `Dense(3)(x)`.
LAYER = r'\)\(.*\)$'
# A model with its input, and with its three outputs or its one.
MODEL = re.compile(
    r'Model\((?:inputs=)?\[?(\w+)\]?, (?:outputs=)?'
    r'(?:[\[(](\w+), (\w+), (\w+)[\])]|\[?(\w+))'
)
MODELS = 'encoder', 'decoder', 'auto'
OUTPUTS = 'latent', 'mean', 'log_variance'
# Where Keras goes on with the arguments of a call, with prose, or numbers.
ENDS = (
    'Call arguments received by|Arguments received by|You are likely doing'
    '|A KerasTensor is a symbolic|, to a TF API that| Inputs received: |'
    ' Pass inputs as a dict| When using `tf.keras`|, value='
)
# What is left out of a message, and what is written for it.
LEFT_OUT = (
    # Its parts are numbered, so that the same fault reads differently.
    (r'KerasTensor\(type_spec=.*?\)(?=, an | of )', 'a KerasTensor'),
    (
        r'Exception encountered when calling (layer "[^"]*" \([^)]*\)\.|'
        r'[^.]*\.(call\(\)\.)?)',
        '',
    ),
    (r'\{\{\w*node .*?\}\}| at 0x[0-9a-f]+', ''),
    # A report is the same wherever it is made.
    (
        r'(?<![\w.:/])(?:[A-Za-z]:)?(?:[/\\][\w.+-]+){2,}[/\\]'
        r'([\w.+ -]+\.\w+)',
        r'\1',
    ),
    (r' \(\S+, line \d+\)$', ''),  # of a SyntaxError
    (r'^\s*\w+(Error|Exception): ', ''),
)
# How much of a module is read for advice, in bytes.
MOST = 10**5


@dataclass(frozen=True)
class Assignment:
    """A line such as `x = Dense(3)(x)`.

    Attributes:
        line: Integer.
        name: String, what gets a value.
        value: String, the code of the value.
    """

    line: int
    name: str
    value: str


@dataclass(frozen=True)
class Closure:
    """A function inside `autoencoder` that uses tensors of the model.

    Attributes:
        quote: String, its first line.
        used: List of the names of these tensors.
        parameters: List of the names of its parameters.
    """

    quote: str
    used: list
    parameters: list


@dataclass(frozen=True)
class Stuck:
    """A loop that calls all its layers on the same input.

    Attributes:
        quote: String, the line with the layer.
        fed: String, the name of what each layer is called on.
        made: String, the name of what it gives.
    """

    quote: str
    fed: str
    made: str


class Source:
    """The text of a module.

    Args:
        data: Bytes, its file.

    Attributes:
        text: String.
        lines: List of strings, the lines as Python counts them.
        tree: The `ast` of the module; of a pretended one, if it is not valid.
        function: The node of `autoencoder`, or an empty module.
        assigned: List of `Assignment`, those of the function, by line.
    """

    def __init__(self, data):
        """Read it; what is not valid Python has no names."""
        self.data = data
        self.text = decoded(data)
        # Unlike Python, `splitlines` also splits at form feeds and others.
        self.lines = re.split(r'\r\n|\r|\n', self.text)
        try:
            self.tree = ast.parse(self.text)
            self.code = ast.unparse(self.tree)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            self.code = 'None != "not valid Python"'
            self.tree = ast.parse(self.code)
        self.function = self.find_function()
        self.assigned = self.find_assigned()

    def find_function(self):
        """Return the node of the function `autoencoder`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef):
                if node.name == 'autoencoder':
                    return node
        return ast.Module([], [])

    def find_assigned(self):
        """Return what the function assigns to names, by line."""
        found = []
        for node in ast.walk(self.function):
            if isinstance(node, ast.Assign):
                value = ast.unparse(node.value)
                found += [
                    Assignment(node.lineno, target.id, value)
                    for target in node.targets
                    if isinstance(target, ast.Name)
                ]
        return sorted(found, key=lambda one: (one.line, one.name))

    @cached_property
    def undecodable(self):
        """The line that is not UTF-8, 0 if all are; 1 for UTF-16."""
        if self.data.startswith((b'\xff\xfe', b'\xfe\xff')):
            return 1
        if b'\0' in self.data:
            return 1
        try:
            self.data.decode(declared_encoding(self.data))
        except UnicodeDecodeError as error:
            return self.data[: error.start].count(b'\n') + 1
        return 0

    def quote(self, line):
        """Return "line 3: `text`"."""
        text = readable(' '.join(self.lines[line - 1 : line]), 80)
        return f'line {line}: `{text}`'

    def find(self, pattern):
        """Return what fits a pattern in each line, and a quote of the line."""
        return [
            (text, self.quote(number))
            for number, text in self.numbered(pattern)
        ]

    def numbered(self, pattern):
        """Return the number of each line that fits a pattern, and what fits.

        Comments are left out.
        """
        found = []
        for number, line in enumerate(self.lines, 1):
            match = re.search(pattern, line[:300].split('#')[0])
            if match:
                found.append((number, match[0]))
        return found

    @cached_property
    def is_stub(self):
        """Whether the function, or all, is still to be written."""
        body = self.function.body or self.tree.body
        return all(map(is_placeholder, body))

    @cached_property
    def bound(self):
        """Dict from the names that imports bind to what they stand for."""
        bound = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    first = alias.name.split('.')[0]
                    name = alias.asname or first
                    bound[name] = alias.name if alias.asname else first
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    name = alias.asname or alias.name
                    bound[name] = f'{node.module}.{alias.name}'
        return bound

    @cached_property
    def own(self):
        """Dict from names of the entries to what this module calls it."""
        returned = re.search(
            r'(?m)^    return \(?(\w+), (\w+), (\w+)\)?$',
            self.code.partition('def autoencoder(')[2],
        )
        own = dict(zip(MODELS, returned.groups() if returned else MODELS))
        values = {one.name: one.value for one in self.assigned}
        for model, names in (
            ('encoder', ('inputs', *OUTPUTS, 'code')),
            ('decoder', ('given', '', '', '', 'output')),
        ):
            ends = MODEL.search(values.get(own[model], ''))
            if ends:
                pairs = zip(names, ends.groups())
                own.update(pair for pair in pairs if all(pair))
        return own

    @property
    def names(self):
        """What differs of `own`, for a report."""
        # Where these are exchanged among each other, that may be the fault.
        exchanged = {*MODELS}, {*OUTPUTS}
        return {
            theirs: own
            for theirs, own in self.own.items()
            if own not in (theirs, 'None')
            and not any({theirs, own} <= names for names in exchanged)
        }

    @cached_property
    def stuck(self):
        """The first `Stuck` loop, or None."""
        for loop in ast.walk(self.function):
            if isinstance(loop, ast.For):
                found = self.stuck_in(loop)
                if found:
                    return found
        return None

    def stuck_in(self, loop):
        """Return the `Stuck` of a loop, or None."""
        inside = [
            one
            for one in self.assigned
            if loop.lineno <= one.line <= loop.end_lineno
        ]
        made = {one.name for one in inside}
        for one in inside:
            fed = re.search(r'\)\((\w+)\)$', one.value)
            if fed and fed[1] not in made:
                return Stuck(self.quote(one.line), fed[1], one.name)
        return None

    def closure(self, line):
        """Return the last `Closure` that a line is part of, or None.

        Args:
            line: Integer, a line in the function, or one that uses it; 0 for
                any.
        """
        found = None
        for node in ast.walk(self.function):
            if isinstance(node, (ast.Lambda, ast.FunctionDef)):
                if node is not self.function and self.concerns(node, line):
                    found = self.closure_of(node) or found
        return found

    def concerns(self, node, line):
        """Tell whether a function has a line, or is named there."""
        if not line or node.lineno <= line <= node.end_lineno:
            return True
        return getattr(node, 'name', '\0') in self.quote(line)

    def closure_of(self, node):
        """Return the `Closure` of a node, or None if it uses no tensors."""
        parameters = [a.arg for a in node.args.args if a.arg != 'self']
        outside = names_from_outside(node) - {*parameters}
        used = [name for name in self.tensors if name in outside]
        if not used or not parameters:
            return None
        return Closure(self.quote(node.lineno), used, parameters)

    @cached_property
    def tensors(self):
        """The names of what the function makes of layers, each once."""
        made = [
            one.name
            for one in self.assigned
            if re.search(rf'{LAYER}|\bInput\(', one.value)
            or re.match(r'\w+\(\w+\(.*\)', one.value)
            and 'Model(' not in one.value
        ]
        return [*dict.fromkeys(made)]


def names_from_outside(node):
    """Return the names that a function uses without giving them a value."""
    names = [inner for inner in ast.walk(node) if isinstance(inner, ast.Name)]
    stored = {name.id for name in names if isinstance(name.ctx, ast.Store)}
    return {name.id for name in names} - stored


def is_placeholder(node):
    """Tell whether a statement does nothing yet."""
    if isinstance(node, (ast.Pass, ast.Raise, ast.Import, ast.ImportFrom)):
        return True
    return isinstance(getattr(node, 'value', None), ast.Constant)


def decoded(data):
    """Return the text of a module, whatever its bytes are."""
    encoding = declared_encoding(data)
    if data.startswith((b'\xff\xfe', b'\xfe\xff')):
        encoding = 'utf-16'
    return data[:MOST].decode(encoding, errors='replace')


def declared_encoding(data):
    """Return the encoding that the first lines declare, or UTF-8."""
    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except SyntaxError:  # it is unknown, or the first lines are not in it
        return 'utf-8'


def readable(message, length=200):
    """Return the message of an exception in one line, not too long."""
    message = re.sub(r'\x1b\[[0-9;]*m', '', message)
    message = re.split(ENDS, message.split('Error encountered:')[-1])[0]
    if 'in user code:' in message:  # the traceback of TensorFlow
        errors = re.findall(r'^\s*\w+(?:Error|Exception):.*', message, re.M)
        message = [message, *errors][-1]
    for pattern, instead in LEFT_OUT:
        message = re.sub(pattern, instead, message)
    message = ''.join(c if c.isprintable() else ' ' for c in message)
    message = ' '.join(message.split())
    if len(message) > length:
        message = message[:length].rsplit(' ', 1)[0] + ' ...'
    return message
