"""What a probe sees of a solution: plain arrays, numbers and texts.

Nothing here is judged, and nothing asks the solution again. Arrays are as the
solution gave them; what the judge chose (weights, inputs) stands beside them.
"""

from dataclasses import dataclass, field

from checker.assignment import ROLES, Arguments
from checker.faults import Fault


@dataclass(frozen=True)
class Weight:
    """What is known of a weight of a model.

    Attributes:
        shape: Tuple of integers.
        trainable: Whether training may change it.
        numeric: Whether it has floating-point numbers.
    """

    shape: tuple
    trainable: bool
    numeric: bool


@dataclass(frozen=True)
class Pass:
    """What the three models gave for a batch, with some weights.

    Attributes:
        drawn: String, how the weights were drawn: 'random', 'scaled' or
            'still', see `drawing`.
        weights: Dict from 'encoder' and 'decoder' to pairs as `weights.py`
            explains, or to None where the layers are not the assignment's.
        mode: String, 'call', 'train' (with `training=True`) or 'predict'.
        x: Array `(batch, *inputs)`.
        encoded: List of arrays, what the encoder gave; in task 3 the sample,
            the mean and the log variance, whatever their order was.
        fed: Array `(batch, *code)`, what the decoder was given.
        decoded: Array, what the decoder made of that.
        rebuilt: Array, what `auto` made of `x`.
    """

    drawn: str
    weights: dict
    mode: str
    x: object
    encoded: list
    fed: object
    decoded: object
    rebuilt: object


@dataclass(frozen=True)
class Sample:
    """What a variational encoder gave for a few inputs, each many times.

    All arrays are `(inputs, repeats, ...)`.

    Attributes:
        mode: String, see `Pass`.
        encoded: List of three arrays: sample, mean and log variance.
        again: Array, the sample in the next call.
        decoded: List of three arrays, what the decoder made of each of
            `encoded` (of the last two for one repeat each), or empty.
        rebuilt: Array, what `auto` made of the inputs, or None.
    """

    mode: str
    encoded: list
    again: object
    decoded: list = field(default_factory=list)
    rebuilt: object = None


@dataclass(frozen=True)
class Step:
    """What `auto.fit` did with one batch.

    Attributes:
        drawn: String, how the weights were drawn, see `drawing`.
        weights: Dict of pairs, see `Pass`; those before the step.
        trained: Dict of pairs, those after it.
        x: Array, the batch; one input where it was copied.
        copies: Integer, how often each input was in the batch.
        held: Array, inputs to validate with, or None.
        iteration: Integer, how many steps the optimizer had taken before.
        history: Dict from a name to a float, what `fit` returned.
        before, gradients, after: Lists of arrays, for each weight of encoder
            and decoder.
        missing: Tuple of integers, the places that got no gradient.
        encoded: List of arrays, what the encoder gave before the step, see
            `Pass`; empty where nobody asked.
        rebuilt: Array, what `auto` gave before the step, or None.
    """

    drawn: str
    weights: dict
    trained: dict
    x: object
    copies: int
    held: object
    iteration: int
    history: dict
    before: list
    gradients: list
    after: list
    missing: tuple
    encoded: list = field(default_factory=list)
    rebuilt: object = None

    @property
    def loss(self):
        """The loss that `fit` printed, a float."""
        return self.history['loss']


@dataclass(frozen=True)
class Optimizer:
    """What a solution says of the optimizer that `auto` is compiled with.

    Attributes:
        kinds: List of strings, the names of its class and of those above;
            empty if `auto` is not compiled.
        settings: Dict from a name to a float or None.
        rates: Array, the learning rate of each step of the assignment's
            training.
    """

    kinds: list
    settings: dict = field(default_factory=dict)
    rates: object = ()


@dataclass(frozen=True)
class Observation:
    """All that was seen of the models for some arguments.

    Attributes:
        arguments: The `assignment.Arguments`.
        keras: Tuple of two integers, the version of Keras.
        failure: `Fault`, what ended the observation, or None.
        stage: String, where it ended: 'build', 'call' or 'fit', or ''.
        ended: Whether the process of the solution is gone.
        changed: What the caller's list was after the call.
        missing: Tuple of the roles that are None so far; models of the
            assignment's shapes stand in for them, and are not judged.
        roles: Tuple of strings, the models in the order returned.
        shapes: Dict from a role to the shapes of its outputs for 2 inputs.
        kinds: Dict from a role to the type of what it gives, a string.
        weights: Dict from 'encoder' and 'decoder' to a list of `Weight`.
        shared: Whether `auto` has the weights of the other two and no more.
        layouts: Dict from 'encoder' and 'decoder' to a `weights.Layout`, or
            None where the weights are not those of the assignment's layers.
        outputs: Tuple, the places of sample, mean and log variance in what
            the encoder gave; empty where there are no such outputs.
        described: Dict from a role to a list of dicts, what the solution says
            of its layers: only to name faults.
        passes, samples, steps: Lists of what was tried.
        optimizer: `Optimizer`, or None.
    """

    arguments: Arguments
    keras: tuple = (3, 0)
    failure: Fault = None
    stage: str = ''
    ended: bool = False
    changed: object = None
    missing: tuple = ()
    roles: tuple = ROLES
    shapes: dict = field(default_factory=dict)
    kinds: dict = field(default_factory=dict)
    weights: dict = field(default_factory=dict)
    shared: bool = True
    layouts: dict = field(default_factory=dict)
    outputs: tuple = ()
    described: dict = field(default_factory=dict)
    passes: list = field(default_factory=list)
    samples: list = field(default_factory=list)
    steps: list = field(default_factory=list)
    optimizer: Optimizer = None
