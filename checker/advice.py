"""From what is wrong to what to change, and an entry to read.

All here is words: no verdict depends on it. The tables are in
`checker.advice_table`.
"""

import re
from dataclasses import dataclass

from checker.advice_table import CAUSES, RULES
from checker.explanations import IMPORTS, keras_as_imported, missing_imports
from checker.source import readable

FIRST_STEP = (
    'Write the encoder first: an `Input` of `input_dims`, a layer for each '
    'size that you are given, and a `keras.Model` from one end to the other. '
    'Then write the decoder, and `auto`, which you compile. End with `return '
    'encoder, decoder, auto`. The entry has an example.'
)


@dataclass(frozen=True)
class Advice:
    """What to do about an exception.

    Attributes:
        what: String, the exception in a line, with the line of the module.
        change: String, what to change, or empty.
        entry: String, the anchor of a mistake, or empty.
    """

    what: str
    change: str
    entry: str


def of_error(error, source):
    """Return the `Advice` on an exception that a solution raised.

    Args:
        error: Dict, what `worker.describe` returns; `what`, a string, what
            was tried; `task`; `order`, see `Solution`; and `path`, a string,
            the file of the module.
        source: The `Source` of the module.
    """
    kind, message = str(error['type'])[:99], str(error['message'])[:20000]
    core = readable(message, 300)
    lines = lines_of(error, message, source)
    line = lines[-1] if lines else 0
    place = error['what']
    if error['layers']:
        place += ' in a layer'
    text = (
        f'task {error["task"]}, {place}: {kind}: {core}\n{message}\n'
        f'{source.quote(line)}'
    )
    what = described(f'{kind}: {core}', lines, error['layers'], source)
    for rule in RULES:
        change = rule.change_for(text, {**error, 'line': line}, source)
        if change:
            return Advice(what, change, rule.entry)
    return Advice(what, '', '')


def described(what, lines, layers, source):
    """Return an exception in a sentence, with where it was raised.

    Args:
        what: String, its type and message.
        lines: List of integers, the lines of the module that it went through.
        layers: List of the names of the layers that it went through.
        source: The `Source` of the module.
    """
    what = re.sub(r'(?<!\.)\.$', '', what).rstrip(': ')
    if layers and len(lines) > 1:
        what += f', in a layer `{layers[-1]}`'
    if lines:
        what += f', in {source.quote(lines[-1])}'
    if not what.endswith('.'):
        what += '.'
    return what


def lines_of(error, message, source):
    """Return the lines of the module that an exception went through."""
    if source.undecodable and error['type'] in (
        'SyntaxError',
        'ValueError',
        'UnicodeDecodeError',
    ):
        return [source.undecodable]
    lines = [line for line in error['lines'] if isinstance(line, int)]
    # Keras 2 names the lines of a compiled layer in the text only.
    return lines + [
        int(line)
        for path, line in re.findall(r'File "([^"]+)", line (\d+)', message)
        if path == error['path']
    ]


def complete(verdict, source):
    """Add to a verdict of `requirements.judge` what a `Source` tells."""
    if verdict['met']:
        return
    if source.is_stub and not verdict['again']:
        verdict.update(mistake='first-step', change=FIRST_STEP)
    verdict.update(cause_shown(verdict, source))
    change = keras_as_imported(verdict['change'], source)
    for name in missing_imports(change, source):
        change += f' This needs `{IMPORTS[name]}` at the top.'
    verdict['change'] = change.strip()


def cause_shown(verdict, source):
    """Return the change and the entry that the module's lines suggest.

    Returns:
        Dict with `change` and `mistake`, or an empty one.
    """
    for cause in CAUSES:
        change = cause.change_for(verdict, source)
        if change:
            return {'change': change, 'mistake': cause.entry}
    return {}
