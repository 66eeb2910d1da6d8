"""The text of the test solutions: correct ones, and ones with a fault.

The correct ones are the files in styles/, faults.py says what is changed in
them, and cheats.py what is added to them.
"""

from pathlib import Path

STYLES_FOLDER = Path(__file__).parent / 'styles'


def style_text(name):
    """Return the text of a file in styles/.

    Args:
        name: String, the name of the file without its `.py`.
    """
    return (STYLES_FOLDER / f'{name}.py').read_text()


def fault_text(fault):
    """Return the text of a solution with a fault.

    Args:
        fault: A `faults.Fault`.

    Raises:
        ValueError: If words that the fault replaces are not in its base.
    """
    text = fault.text or style_text(fault.base)
    for old, new in fault.changes:
        if old not in text:
            raise ValueError(f'{fault.name}: not in {fault.base}: {old}')
        text = text.replace(old, new)
    return text


def exists(case, keras):
    """Tell whether a fault or a style exists with a version of Keras.

    Args:
        case: A `faults.Fault` or a `styles.Style`.
        keras: Tuple of integers, the major version and the minor one.
    """
    return any(
        keras[0] == major and keras[1] >= minor for major, minor in case.keras
    )


VANILLA = style_text('vanilla')
SPARSE = style_text('sparse')
REGULARIZED = style_text('sparse_a_regularizer')
CONVOLUTIONAL = style_text('convolutional')
VARIATIONAL = style_text('variational')
