"""The text of a module, for quotes and names: no verdict depends on it."""

import ast
import re
from functools import cached_property

# A layer that is called, `Dense(3)(x)`.
LAYER = r'\)\(.*\)$'
# A model with its input, and with its three outputs or its one.
MODEL = (
    r'Model\((?:inputs=)?\[?(\w+)\]?, (?:outputs=)?'
    r'(?:[\[(](\w+), (\w+), (\w+)[\])]|\[?(\w+))'
)
OUTPUTS = 'latent', 'mean', 'log_variance'
# Where Keras goes on with the arguments of a call, with prose, or numbers.
ENDS = (
    'Call arguments received by|Arguments received by|You are likely doing'
    '|A KerasTensor is a symbolic|, to a TF API that| Inputs received: |'
    ' Pass inputs as a dict| When using `tf.keras`|, value='
)


class Source:
    """The text of a module.

    Args:
        data: Bytes, its file.

    Attributes:
        assigned: List of `(line, name, value)`, what the function assigns,
            by line; the value is a text.
    """

    def __init__(self, data):
        """Read it; what is not valid Python has no names."""
        self.text = data[: 10**5].decode('utf-8-sig', errors='replace')
        self.lines = self.text.splitlines()
        try:
            self.tree = ast.parse(self.text)
            self.code = ast.unparse(self.tree)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            self.code = 'None != "not valid Python"'
            self.tree = ast.parse(self.code)
        self.function = next(
            (
                node
                for node in ast.walk(self.tree)
                if isinstance(node, ast.FunctionDef)
                and node.name == 'autoencoder'
            ),
            ast.Module([], []),
        )
        self.assigned = sorted(
            (node.lineno, target.id, ast.unparse(node.value))
            for node in ast.walk(self.function)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        )

    def quote(self, line):
        """Return "line 3: `text`"."""
        text = readable(' '.join(self.lines[line - 1 : line]), 80)
        return f'line {line}: `{text}`'

    def find(self, pattern):
        """Return what fits a pattern in each line, and a quote of the line."""
        found = [
            re.search(pattern, line[:300].split('#')[0]) for line in self.lines
        ]
        return [
            (match[0], self.quote(number))
            for number, match in enumerate(found, 1)
            if match
        ]

    @cached_property
    def is_stub(self):
        """Whether the function, or all, is still to be written."""
        return all(
            isinstance(node, (ast.Pass, ast.Raise, ast.Import, ast.ImportFrom))
            or isinstance(getattr(node, 'value', None), ast.Constant)
            for node in self.function.body or self.tree.body
        )

    @cached_property
    def own(self):
        """Dict from names of the entries to what this module calls it."""
        models = ('encoder', 'decoder', 'auto')
        returned = re.search(
            r'(?m)^    return \(?(\w+), (\w+), (\w+)\)?$',
            self.code.partition('def autoencoder(')[2],
        )
        own = dict(zip(models, returned.groups() if returned else models))
        values = {name: value for _, name, value in self.assigned}
        for model, names in (
            ('encoder', ('inputs', *OUTPUTS, 'code')),
            ('decoder', ('given', '', '', '', 'output')),
        ):
            ends = re.search(MODEL, values.get(own[model], ''))
            own.update(
                pair
                for pair in zip(names, ends.groups() if ends else ())
                if all(pair)
            )
        return own

    @property
    def names(self):
        """What differs of `own`, for a report."""
        # Where two of the three are exchanged, that may be the fault.
        return {
            theirs: own
            for theirs, own in self.own.items()
            if theirs != own and not {theirs, own} <= {*OUTPUTS}
        }

    @cached_property
    def stuck(self):
        """A loop that calls all its layers on the same input, or None.

        That is a quote of the layer, what it is called on, and what it makes.
        """
        for loop in ast.walk(self.function):
            inside = (
                isinstance(loop, ast.For)
                and [
                    found
                    for found in self.assigned
                    if loop.lineno <= found[0] <= loop.end_lineno
                ]
                or []
            )
            for line, made, value in inside:
                fed = re.search(r'\)\((\w+)\)$', value)
                if fed and fed[1] not in [name for _, name, _ in inside]:
                    return self.quote(line), fed[1], made
        return None

    def closure(self, line):
        """Return the function in `autoencoder` that uses its tensors, or None.

        That is a quote of it, the names that it uses, and its first
        parameter. The line is in it, or gives it to a layer, or is 0.
        """
        made, found = (
            [
                name
                for _, name, value in self.assigned
                if re.search(LAYER, value)
            ],
            None,
        )
        for node in ast.walk(self.function):
            if isinstance(node, (ast.Lambda, ast.FunctionDef)):
                names = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
                given = [a.arg for a in node.args.args if a.arg != 'self']
                outside = {n.id for n in names}.difference(
                    given,
                    (n.id for n in names if isinstance(n.ctx, ast.Store)),
                )
                used = [*dict.fromkeys(n for n in made if n in outside)]
                there = (
                    not line
                    or node.lineno <= line <= node.end_lineno
                    or (getattr(node, 'name', '\0') in self.quote(line))
                )
                if used and given and there:
                    found = self.quote(node.lineno), used, given[0]
        return found


def readable(message, length=200):
    """Return the message of an exception in one line, not too long."""
    message = re.sub(r'\x1b\[[0-9;]*m', '', message)
    message = re.split(ENDS, message.split('Error encountered:')[-1])[0]
    if 'in user code:' in message:  # the traceback of TensorFlow
        message = [
            message,
            *re.findall(r'^\s*\w+(?:Error|Exception):.*', message, re.M),
        ][-1]
    for pattern, instead in (
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
    ):  # TensorFlow repeats it
        message = re.sub(pattern, instead, message)
    message = ''.join(c if c.isprintable() else ' ' for c in message)
    message = ' '.join(message.split())
    if len(message) > length:
        message = message[:length].rsplit(' ', 1)[0] + ' ...'
    return message
