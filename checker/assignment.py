"""What the assignment asks for: its modules, arguments and layers."""

from dataclasses import dataclass

import numpy as np

MODULES = ['0-vanilla', '1-sparse', '2-convolutional', '3-variational']
TITLES = [name[2:] for name in MODULES]
# The arguments of the main scripts.
MAIN = {
    0: (784, [128, 64], 32),
    1: (784, [128, 64], 32, 10e-6),
    2: ((28, 28, 1), [16, 8, 8], (4, 4, 8)),
    3: (784, [512], 2),
}
NAMES = {
    0: ('input_dims', 'hidden_layers', 'latent_dims'),
    1: ('input_dims', 'hidden_layers', 'latent_dims', 'lambtha'),
    2: ('input_dims', 'filters', 'latent_dims'),
    3: ('input_dims', 'hidden_layers', 'latent_dims'),
}
# The three models, in the order in which a solution returns them.
ROLES = ('encoder', 'decoder', 'auto')
HALVES = ROLES[:2]
# Steps of the assignment's training: an epoch, and all 50.
EPOCH, ALL = 235, 11750


@dataclass(frozen=True)
class Layer:
    """A layer of the assignment.

    Attributes:
        kernel: Tuple of integers, the shape of its kernel: `(values, nodes)`,
            or `(3, 3, channels, filters)`.
        activation: String, 'relu', 'sigmoid' or 'None'.
        padding: String, 'same' or 'valid' for a convolution, else ''.
        resize: String, what follows: 'pooling', 'upsampling' or ''.
    """

    kernel: tuple
    activation: str = 'relu'
    padding: str = ''
    resize: str = ''

    @property
    def size(self):
        """The number of nodes or filters."""
        return self.kernel[-1]


@dataclass(frozen=True)
class Arguments:
    """Arguments for the function `autoencoder` of a task.

    Attributes:
        task: Integer, the number of the task.
        values: Tuple, the arguments as the function gets them.
        brief: Whether a short look is enough, because everything is looked
            at for other arguments.
    """

    task: int
    values: tuple
    brief: bool = False

    @classmethod
    def of_script(cls, task):
        """Return the arguments of the assignment's script."""
        return cls(task, MAIN[task])

    @property
    def main(self):
        """Whether these are the arguments of the assignment's script."""
        return self.values == MAIN[self.task]

    @property
    def variational(self):
        """Whether the encoder outputs a mean and a log variance."""
        return self.task == 3

    @property
    def inputs(self):
        """The shape of an input, a tuple of integers."""
        return tuple(np.atleast_1d(self.values[0]).tolist())

    @property
    def sizes(self):
        """The nodes or filters of the hidden layers, a list."""
        return self.values[1]

    @property
    def code(self):
        """The shape of a code, a tuple of integers."""
        return tuple(np.atleast_1d(self.values[2]).tolist())

    @property
    def lambtha(self):
        """The weight of the penalty, 0 where there is none."""
        return self.values[3] if self.task == 1 else 0

    @property
    def heads(self):
        """How many layers of the encoder give an output: 1 or 2."""
        return 2 if self.variational else 1

    @property
    def call(self):
        """The call of the function, as a text."""
        return f'autoencoder({", ".join(map(str, self.values))})'

    def shape(self, role, end):
        """Return the shape of a model's 'input' or 'output', a tuple."""
        codes = {('encoder', 'output'), ('decoder', 'input')}
        return self.code if (role, end) in codes else self.inputs

    def layers(self, role):
        """Return the layers of a half, a list of `Layer`.

        The last two of a variational encoder are those of the mean and of
        the log variance: both get what the hidden layers give.
        """
        if self.task == 2:
            return self._convolutions(role)
        if role == 'encoder':
            sizes, first = self.sizes, self.inputs[0]
            ends = [self.code[0]] * self.heads
            activation = 'None' if self.variational else 'relu'
        else:
            sizes, first = self.sizes[::-1], self.code[0]
            ends, activation = [self.inputs[0]], 'sigmoid'
        befores = [first, *sizes]
        hidden = [Layer(pair) for pair in zip(befores, sizes)]
        return hidden + [Layer((befores[-1], end), activation) for end in ends]

    def _convolutions(self, role):
        """Return the convolutions of a half of task 2."""
        if role == 'encoder':
            channels = [self.inputs[-1], *self.sizes]
            return [
                Layer((3, 3, *pair), 'relu', 'same', 'pooling')
                for pair in zip(channels, self.sizes)
            ]
        filters = self.sizes[::-1]
        channels = [self.code[-1], *filters]
        shapes = [(3, 3, *pair) for pair in zip(channels, filters)]
        return [
            *(
                Layer(shape, 'relu', 'same', 'upsampling')
                for shape in shapes[:-1]
            ),
            Layer(shapes[-1], 'relu', 'valid', 'upsampling'),
            Layer((3, 3, filters[-1], self.inputs[-1]), 'sigmoid', 'same'),
        ]


def arguments(task, rng):
    """Return the arguments to judge a module with, a list of `Arguments`.

    The first two are drawn, so that no module can know them, and the last
    are those of the assignment's script. Every size is there once, so that it
    tells its layer; only the last two hidden layers of the first are equal,
    as they may be. No order of the drawn sizes has a second reading: they are
    not sorted, and the first code is larger than the last hidden layer.

    Args:
        task: Integer, the number of the task.
        rng: A `numpy.random.Generator`.
    """
    draw = _drawn_filters if task == 2 else _drawn_nodes
    many, few = draw(task, rng)
    return [
        Arguments(task, many),
        Arguments(task, few, brief=True),
        Arguments.of_script(task),
    ]


def unsorted(sizes):
    """Tell whether distinct sizes neither rise nor fall throughout."""
    return sizes not in (sorted(sizes), sorted(sizes, reverse=True))


def _drawn_nodes(task, rng):
    """Return drawn arguments of tasks 0, 1 and 3, two tuples."""
    large = rng.permutation(np.arange(24, 48)).tolist()
    small = rng.permutation(np.arange(3, 9)).tolist()
    count = int(rng.integers(3, 5))
    hidden = _drawn_order(large[:count], rng)
    # The last two are equal, and smaller than the code.
    hidden = [*hidden, small[0] + 7, small[0] + 7]
    few = large[6:8] if task == 3 else large[6:7]
    weights = [round(rng.uniform(0.01, 0.1), 3) for _ in range(2)]
    more = [(weight,) for weight in weights] if task == 1 else [(), ()]
    return [
        (large[10], hidden, small[1] + 14, *more[0]),
        (small[2] + 8, few, small[3], *more[1]),
    ]


def _drawn_filters(task, rng):
    """Return drawn arguments of task 2, two tuples.

    The decoder gives heights and widths of `2 ** filters * n - 4`, if there
    are three filters or more.
    """
    sizes = rng.permutation(np.arange(4, 14)).tolist()
    height, width = rng.permutation([12, 20, 28])[:2].tolist()
    three = _drawn_order(sizes[:3], rng)
    four = _drawn_order(sizes[3:7], rng)
    shape = ((height + 4) // 8, (width + 4) // 8, three[-1])
    return [
        ((height, width, int(rng.integers(2, 4))), three, shape),
        ((28, 12, 1), four, (2, 1, four[-1])),
    ]


def _drawn_order(sizes, rng):
    """Return distinct sizes in an order in which they are not sorted."""
    while not unsorted(sizes):
        sizes = rng.permutation(sizes).tolist()
    return sizes
