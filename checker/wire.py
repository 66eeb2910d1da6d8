"""Messages between the judge and a worker: JSON and plain arrays.

A message is the length of its JSON in eight bytes, the JSON, and the bytes of
the arrays, whose types and shapes the JSON lists. Nothing in it can run code.
"""
import json
import struct

import numpy as np

# The environment variable that marks the processes of a check, so that none
# outlives it.
MARK = 'CHECKER_TASK'
# The most bytes of a message: its JSON, and its arrays.
JSON, ARRAYS = 2 ** 20, 2 ** 26
TYPES = {'<f2', '<f4', '<f8', '<i4', '<i8', '|b1', '|u1'}


class Nonsense(Exception):  # noqa: N818
    """An answer that is no message, or no answer to the question."""


def send(stream, message, arrays=()):
    """Write a message: a dict for JSON and a list of arrays."""
    arrays = [np.ascontiguousarray(array) for array in arrays]
    text = json.dumps({**message, 'arrays': [
        [array.dtype.str, array.shape] for array in arrays]}).encode()
    stream.write(struct.pack('>Q', len(text)) + text)
    for array in arrays:
        stream.write(array.tobytes())
    stream.flush()


def receive(stream):
    """Return the dict and the arrays of the next message.

    Raises:
        EOFError: If the other side has ended.
        Nonsense: If it is too large, or no message.
    """
    length, = struct.unpack('>Q', _exactly(stream, 8))
    if length > JSON:
        raise Nonsense(f'It has {length} bytes of JSON.')
    try:
        message = json.loads(_exactly(stream, length))
        layout = [(np.dtype(kind), shape) for kind, shape
                  in message.pop('arrays') if kind in TYPES]
        counts = [int(np.prod(shape, dtype=object)) for _, shape in layout]
    except EOFError:
        raise
    except Exception as error:
        raise Nonsense('It is no message.') from error
    sizes = [kind.itemsize * count
             for (kind, _), count in zip(layout, counts)]
    if min(sizes, default=0) < 0 or sum(sizes) > ARRAYS:
        raise Nonsense(f'Its arrays have {sum(sizes)} bytes.')
    arrays = []
    for size, (kind, shape) in zip(sizes, layout):
        values = np.frombuffer(_exactly(stream, size), kind)
        try:
            arrays.append(values.reshape(shape).copy())
        except (TypeError, ValueError) as error:
            raise Nonsense(f'It has an array of shape {shape}.') from error
    return message, arrays


def _exactly(stream, count):
    """Return the next bytes, exactly as many as asked for."""
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data
