"""Correct solutions, each a file of this folder, in styles that people write.

The docstring of a file says what is unusual about it. The files vanilla.py,
sparse.py, convolutional.py and variational.py are those that the faults in
faults.py change.
"""

from dataclasses import dataclass

# The versions of Keras that allow something: for each major version that
# does, the first minor one.
KERAS_2 = ((2, 0),)
KERAS_3 = ((3, 0),)
KERAS_ALL = (*KERAS_2, *KERAS_3)
# These average what an activity regularizer returns over the batch.
KERAS_AVERAGING = (*KERAS_2, (3, 14))


@dataclass(frozen=True)
class Style:
    """A correct solution in an unusual style.

    Attributes:
        name: String, what is unusual about it.
        file: String, the name of its file without `.py`.
        task: Integer.
        keras: Tuple of pairs of integers, the versions of Keras it is for.
    """

    name: str
    file: str
    task: int
    keras: tuple = KERAS_ALL


STYLES = [
    Style('vanilla', 'vanilla', 0),
    Style(
        'vanilla, Sequential, activations as layers',
        'vanilla_sequential_activations_as_layers',
        0,
    ),
    Style('vanilla, flat', 'vanilla_flat', 0),
    Style('vanilla, subclassed', 'vanilla_subclassed', 0),
    Style(
        'vanilla, a Lambda as activation', 'vanilla_a_lambda_as_activation', 0
    ),
    Style('vanilla, a loss of its own', 'vanilla_a_loss_of_its_own', 0),
    Style('vanilla, Adam with amsgrad', 'vanilla_adam_with_amsgrad', 0),
    Style(
        'vanilla, Adam without momentum', 'vanilla_adam_without_momentum', 0
    ),
    Style(
        'vanilla, Adam with a rate that rises from 0',
        'vanilla_adam_with_a_rate_that_rises_from_0',
        0,
    ),
    Style('vanilla, Adam(1.0)', 'vanilla_adam_1_0', 0),
    Style(
        'vanilla, Adam made at the top of the module',
        'vanilla_adam_made_at_the_top_of_the_module',
        0,
    ),
    Style(
        'vanilla, its own sigmoid and relu',
        'vanilla_its_own_sigmoid_and_relu',
        0,
    ),
    Style(
        'vanilla, logits taken back by Keras',
        'vanilla_logits_taken_back_by_keras',
        0,
    ),
    Style('vanilla, in the package keras', 'vanilla_in_the_package_keras', 0),
    Style('sparse', 'sparse', 1),
    Style('sparse, a regularizer', 'sparse_a_regularizer', 1, KERAS_AVERAGING),
    Style(
        'sparse, a layer for the regularizer',
        'sparse_a_layer_for_the_regularizer',
        1,
        KERAS_AVERAGING,
    ),
    Style('convolutional', 'convolutional', 2),
    Style(
        'convolutional, activations as layers',
        'convolutional_activations_as_layers',
        2,
    ),
    Style('convolutional, one loop', 'convolutional_one_loop', 2),
    Style('variational', 'variational', 3),
    Style(
        'variational, noise in training only',
        'variational_noise_in_training_only',
        3,
    ),
    Style('variational, loss_weights', 'variational_loss_weights', 3),
    Style('variational, a train_step', 'variational_a_train_step', 3),
    Style(
        'variational, Lambda, the loss asks the encoder',
        'variational_lambda_the_loss_asks_the_encoder',
        3,
    ),
    Style(
        'variational, a layer for the loss',
        'variational_a_layer_for_the_loss',
        3,
    ),
    Style(
        'variational, add_loss on the model',
        'variational_add_loss_on_the_model',
        3,
        KERAS_2,
    ),
    Style(
        'variational, operations of Keras 3',
        'variational_operations_of_keras_3',
        3,
        KERAS_3,
    ),
    Style(
        'variational, log variance first', 'variational_log_variance_first', 3
    ),
]
