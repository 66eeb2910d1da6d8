"""A TensorFlow that logs as the real one does, and may fail."""

import os

os.write(2, b'chatter\n')
if 'FAILS' in os.environ:
    os.write(2, b'compiled to use AVX instructions\n')
    raise ImportError('DLL load failed')
__version__ = '2.99.0'


class keras:  # noqa: D101, N801
    class backend:  # noqa: D106, N801
        backend = staticmethod(lambda: os.environ['KERAS_BACKEND'])


class config:  # noqa: D101, N801
    list_physical_devices = staticmethod(lambda: os.write(2, b'devices\n'))
