"""The text of a module, for quotes and names: no verdict depends on it."""
import ast
import difflib
import re
from functools import cached_property
from pathlib import Path


class Source:
    """The text of a module.

    Args:
        path: String, its file, or the bytes of it.
    """

    def __init__(self, path):
        """Read it; what cannot be read is empty."""
        try:
            data = path if isinstance(path, bytes) else (
                Path(path).read_bytes())
        except OSError:
            data = b''
        self.text = data[:10 ** 6].decode('utf-8-sig', errors='replace')
        self.lines = self.text.splitlines()
        try:
            self.tree = ast.parse(self.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            self.tree = ast.parse('None != "not valid Python"')
        self.nodes = list(ast.walk(self.tree))
        self.function = next((
            node for node in self.nodes if isinstance(node, ast.FunctionDef)
            and node.name == 'autoencoder'), ast.Module([], []))
        # What is assigned in the function, in the order of its lines.
        self.assigned = sorted((
            (node.lineno, target.id, node.value)
            for node in ast.walk(self.function)
            if isinstance(node, ast.Assign) for target in node.targets
            if isinstance(target, ast.Name)), key=lambda found: found[0])

    def quote(self, line):
        """Return the number and the text of the line a statement starts in.

        Args:
            line: Integer, from 1, any line of the statement.
        """
        around = [node.lineno for node in self.nodes
                  if isinstance(node, ast.stmt)
                  and node.lineno <= line <= node.end_lineno]
        line = max(around, default=line)
        return line, readable(' '.join(self.lines[line - 1:line]), 80)

    def find(self, pattern):
        """Return `line 3, `text``, the first line with a pattern, or ''."""
        for number, text in enumerate(self.lines, 1):
            if re.search(pattern, text.split('#')[0]):
                return f'line {number}, `{readable(text, 80)}`'
        return ''

    def imports(self, name):
        """Tell whether the module has something under a name by import."""
        return any(isinstance(node, ast.alias) and name == (
            node.asname or node.name.split('.')[0]) for node in self.nodes)

    @cached_property
    def is_stub(self):
        """Whether the function, or all, is still to be written."""
        body = self.function.body or [
            node for node in self.tree.body
            if not isinstance(node, (ast.Import, ast.ImportFrom))]
        return all(isinstance(node, (ast.Pass, ast.Raise)) or isinstance(
            getattr(node, 'value', None), ast.Constant) for node in body)

    @cached_property
    def returned(self):
        """The names of the three models that the function returns."""
        for node in ast.walk(self.function):
            names = [getattr(name, 'id', '') for name in getattr(
                getattr(node, 'value', None), 'elts', ())]
            if isinstance(node, ast.Return) and len(names) == 3 and (
                    all(names)):
                return names
        return ['encoder', 'decoder', 'auto']

    @cached_property
    def names(self):
        """Dict from names of the entries to what this module calls it."""
        # Where two of the three are exchanged, that may be the fault.
        three = {'latent', 'mean', 'log_variance'}
        return {theirs: own for theirs, own in self._own.items()
                if theirs != own and not {theirs, own} <= three}

    @property
    def outputs(self):
        """The names of the three outputs of the encoder, as it has them."""
        return [self._own[name] for name in ('latent', 'mean', 'log_variance')
                if name in self._own]

    @cached_property
    def _own(self):
        values = {name: value for _, name, value in self.assigned}
        found = dict(zip(('encoder', 'decoder', 'auto'), self.returned))

        def keep(theirs, node):
            if isinstance(node, ast.Name):
                found.setdefault(theirs, node.id)
                return values.get(node.id)

        for role, given, made, fed in (('encoder', 'inputs', 'code', 'x'),
                                       ('decoder', 'given', 'output', 'y')):
            call = values.get(found[role])
            if not isinstance(call, ast.Call):
                continue
            more = {word.arg: word.value for word in call.keywords}
            first, last = [*call.args, *filter(None, map(
                more.get, ('inputs', 'outputs'))), None, None][:2]
            keep(given, first)
            parts = getattr(last, 'elts', ())
            if len(parts) == 3:
                keep('latent', parts[0])
                keep('log_variance', parts[2])
                last, made = parts[1], 'mean'
            layer = keep(made, last)
            if is_layer(layer) and getattr(
                    layer.args[0], 'id', '') != found.get(made):
                keep(fed, layer.args[0])
        return found

    def stands_for(self, theirs, line):
        """Return what the module could call something, before a line."""
        names = [name for number, name, value in self.assigned
                 if number < (line or 10 ** 9) and (
                     is_layer(value) if theirs in ('x', 'y') else
                     re.search(r'\bInput\(', ast.unparse(value))
                     if theirs in ('inputs', 'given') else
                     name == self.names.get(theirs))]
        return (names or [''])[0 if theirs == 'inputs' else -1]

    def like(self, name):
        """Return the name in the module that is nearest to one."""
        names = {getattr(node, key) for node in self.nodes
                 for key in ('id', 'arg', 'name', 'attr')
                 if isinstance(getattr(node, key, None), str)} - {name}
        return (difflib.get_close_matches(name, names, 1, 0.7) or [''])[0]

    @cached_property
    def stuck(self):
        """A loop that calls all its layers on the same input, or None.

        That is the line of the layer, its text, what it is called on, and
        what it makes.
        """
        for loop in ast.walk(self.function):
            if not isinstance(loop, ast.For):
                continue
            inside = [node for node in ast.walk(loop)
                      if isinstance(node, ast.Assign)]
            moved = {getattr(target, 'id', '') for node in inside
                     for target in node.targets}
            for node in filter(lambda node: is_layer(node.value), inside):
                fed = getattr(node.value.args[0], 'id', '')
                made = getattr(node.targets[0], 'id', '')
                if fed and made and fed not in moved:
                    return (*self.quote(node.lineno), fed, made)
        return None

    def closure(self, line, parameters=1):
        """Return the function in `autoencoder` that uses its tensors.

        Args:
            line: Integer, a line of it if that is known, or None.
            parameters: Integer, how many it has at least.

        Returns:
            The number and the text of its first line, the names that it
            takes from outside, and its first parameter; or None.
        """
        made = {name for _, name, value in self.assigned
                if is_layer(value)}
        found = []
        for node in ast.walk(self.function):
            if node is self.function or not isinstance(
                    node, (ast.Lambda, ast.FunctionDef)):
                continue
            names = [(type(n.ctx), n.id) for n in ast.walk(node)
                     if isinstance(n, ast.Name)]
            given = [arg.arg for arg in node.args.args if arg.arg != 'self']
            own = given + [name for kind, name in names if kind is ast.Store]
            outside = [name for kind, name in names
                       if name in made and name not in own]
            # Where it runs, or where it is given to a layer.
            there = not line or node.lineno <= line <= node.end_lineno or (
                getattr(node, 'name', '\0') in self.lines[line - 1])
            if there and outside and len(given) >= parameters:
                found.append((*self.quote(node.lineno),
                              list(dict.fromkeys(outside)), given[0]))
        return found[-1] if found else None

    def taken_apart(self):
        """Return the lines that use outputs of the encoder."""
        lines = {node.lineno for node in self.nodes
                 if isinstance(node, ast.Call) and self.returned[0] == getattr(
                     node.func, 'id', getattr(node.func, 'attr', ''))}
        return [self.quote(line) for line in sorted(lines)]


def is_layer(node):
    """Tell whether a node is a layer that is called, `Dense(3)(x)`."""
    return isinstance(node, ast.Call) and bool(node.args) and isinstance(
        node.func, ast.Call)


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
                ' Inputs received: ', ' Pass inputs as a dict',
                ' When using `tf.keras`'):
        message = message.split(end)[0]
    if 'in user code:' in message:
        named = re.findall(r'^\s*(\w+(?:Error|Exception):.*)', message,
                           re.M)
        message = named[-1] if named else message
    for pattern, instead in (
            # Its parts are numbered, so that the same fault reads differently.
            (r'KerasTensor\(type_spec=.*?\)(?=, an | of )', 'a KerasTensor'),
            (r'Exception encountered when calling [^.]*\.(call\(\)\.)?', ''),
            (r'\{\{node .*?\}\}| at 0x[0-9a-f]+', ''),
            # A report is the same wherever it is made.
            (r'(?<![\w.:/])(?:[A-Za-z]:)?(?:[/\\][\w.+-]+){2,}[/\\]'
             r'([\w.+ -]+\.\w+)', r'\1'),
            (r' \(\S+, line \d+\)$', ''),  # of a SyntaxError
            (r'^\s*\w+(Error|Exception): ', '')):  # TensorFlow repeats it
        message = re.sub(pattern, instead, message)
    message = ''.join(c if c.isprintable() else ' ' for c in message)
    message = ' '.join(message.split())
    if len(message) > length:
        message = message[:length].rsplit(' ', 1)[0] + ' ...'
    return message
