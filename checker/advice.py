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
    'size that is given, and a `keras.Model` of both ends. Then write the '
    'decoder, and `auto`, which is compiled. End with `return encoder, '
    'decoder, auto`. The entry has an example.'
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
    line = (lines or [0])[-1]
    what = re.sub(r'(?<!\.)\.$', '', f'{kind}: {core}').rstrip(': ')
    place = error['what']
    if error['layers']:
        place += ' in a layer'
        if len(lines) > 1:
            what += f', in a layer `{error["layers"][-1]}`'
    if lines:
        what += f', in {source.quote(line)}'
    if not what.endswith('.'):
        what += '.'
    text = (
        f'task {error["task"]}, {place}: {kind}: {core}\n{message}\n'
        f'{source.quote(line)}'
    )
    for rule in RULES:
        change = rule.change_for(text, {**error, 'line': line}, source)
        if change:
            return Advice(what, change, rule.entry)
    return Advice(what, '', '')


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
    for cause in CAUSES:
        change = cause.change_for(verdict, source)
        if change:
            verdict.update(mistake=cause.entry, change=change)
            break
    change = keras_as_imported(verdict['change'], source)
    for name in missing_imports(change, source):
        change += f' This needs `{IMPORTS[name]}` at the top.'
    verdict['change'] = change.strip()
