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


# Their optimizers have a `loss_scale_factor`.
KERAS_SCALING = ((3, 1),)


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

# Styles that the checker is measured by, apart from those above.
MORE_STYLES = [
    Style(
        'vanilla, layers that create their bias first',
        'vanilla_layers_that_create_their_bias_first',
        0,
    ),
    Style(
        'variational, layers that create their bias first',
        'variational_layers_that_create_their_bias_first',
        3,
    ),
    Style(
        'vanilla, fit with more arguments',
        'vanilla_fit_with_more_arguments',
        0,
    ),
    Style(
        'convolutional, fit with a seed', 'convolutional_fit_with_a_seed', 2
    ),
    Style(
        'vanilla, Adam with a loss scale',
        'vanilla_adam_with_a_loss_scale',
        0,
        KERAS_SCALING,
    ),
    Style(
        'vanilla, compute_loss overridden',
        'vanilla_compute_loss_overridden',
        0,
    ),
    Style(
        'variational, compute_loss overridden',
        'variational_compute_loss_overridden',
        3,
    ),
    Style(
        'vanilla, a short fit in the function',
        'vanilla_a_short_fit_in_the_function',
        0,
    ),
    Style(
        'sparse, a short fit in the function',
        'sparse_a_short_fit_in_the_function',
        1,
    ),
    Style(
        'vanilla, activations as layers', 'vanilla_activations_as_layers', 0
    ),
    Style(
        'vanilla, activations as operations of Keras 3',
        'vanilla_activations_as_operations_of_keras_3',
        0,
        KERAS_3,
    ),
    Style('vanilla, relu as a maximum', 'vanilla_relu_as_a_maximum', 0),
    Style('vanilla, a train_step', 'vanilla_a_train_step', 0),
    Style(
        'vanilla, the cross-entropy written out',
        'vanilla_the_cross_entropy_written_out',
        0,
    ),
    Style(
        'vanilla, a loss averaged over everything',
        'vanilla_a_loss_averaged_over_everything',
        0,
    ),
    Style('vanilla, add_loss in a layer', 'vanilla_add_loss_in_a_layer', 0),
    Style(
        'vanilla, no biases in the decoder',
        'vanilla_no_biases_in_the_decoder',
        0,
    ),
    Style('vanilla, no biases', 'vanilla_no_biases', 0),
    Style('vanilla, He initializers', 'vanilla_he_initializers', 0),
    Style('vanilla, the decoder first', 'vanilla_the_decoder_first', 0),
    Style(
        'vanilla, layers made before they are called',
        'vanilla_layers_made_before_they_are_called',
        0,
    ),
    Style('vanilla, layers of auto', 'vanilla_layers_of_auto', 0),
    Style('vanilla, a class that builds', 'vanilla_a_class_that_builds', 0),
    Style('vanilla, named outputs', 'vanilla_named_outputs', 0),
    Style('vanilla, a rate that decays', 'vanilla_a_rate_that_decays', 0),
    Style(
        'vanilla, a rate that falls in stairs',
        'vanilla_a_rate_that_falls_in_stairs',
        0,
    ),
    Style('vanilla, jit_compile off', 'vanilla_jit_compile_off', 0),
    Style('vanilla, run_eagerly', 'vanilla_run_eagerly', 0),
    Style(
        'vanilla, several steps at once', 'vanilla_several_steps_at_once', 0
    ),
    Style('vanilla, Adam(0.001)', 'vanilla_adam_0_001', 0),
    Style('vanilla, another epsilon', 'vanilla_another_epsilon', 0),
    Style('vanilla, Adam by a dict', 'vanilla_adam_by_a_dict', 0),
    Style('vanilla, the legacy Adam', 'vanilla_the_legacy_adam', 0, KERAS_2),
    Style('vanilla, from_logits off', 'vanilla_from_logits_off', 0),
    Style(
        'vanilla, a weight of 1 for the loss',
        'vanilla_a_weight_of_1_for_the_loss',
        0,
    ),
    Style('vanilla, a model that calls', 'vanilla_a_model_that_calls', 0),
    Style('vanilla, einsum layers', 'vanilla_einsum_layers', 0),
    Style(
        'vanilla, the list reversed and reversed back',
        'vanilla_the_list_reversed_and_reversed_back',
        0,
    ),
    Style('vanilla, the session cleared', 'vanilla_the_session_cleared', 0),
    Style(
        'vanilla, a seed set in the function',
        'vanilla_a_seed_set_in_the_function',
        0,
    ),
    Style('vanilla, recursion', 'vanilla_recursion', 0),
    Style(
        'sparse, no biases in the decoder',
        'sparse_no_biases_in_the_decoder',
        1,
    ),
    Style(
        'sparse, the loss asks the encoder',
        'sparse_the_loss_asks_the_encoder',
        1,
    ),
    Style('sparse, a sum without abs', 'sparse_a_sum_without_abs', 1),
    Style(
        'sparse, the norm of TensorFlow', 'sparse_the_norm_of_tensorflow', 1
    ),
    Style('sparse, averages times sizes', 'sparse_averages_times_sizes', 1),
    Style(
        'sparse, a dense layer that adds the penalty',
        'sparse_a_dense_layer_that_adds_the_penalty',
        1,
    ),
    Style(
        'sparse, an encoder that adds the penalty',
        'sparse_an_encoder_that_adds_the_penalty',
        1,
    ),
    Style('sparse, a train_step', 'sparse_a_train_step', 1),
    Style(
        'sparse, the penalty as a metric',
        'sparse_the_penalty_as_a_metric',
        1,
        KERAS_2,
    ),
    Style(
        'sparse, operations of Keras 3 for the penalty',
        'sparse_operations_of_keras_3_for_the_penalty',
        1,
        KERAS_3,
    ),
    Style('convolutional, Sequential', 'convolutional_sequential', 2),
    Style(
        'convolutional, subclassed, layers in reverse order',
        'convolutional_subclassed_layers_in_reverse_order',
        2,
    ),
    Style(
        'convolutional, upsampling by repeating',
        'convolutional_upsampling_by_repeating',
        2,
    ),
    Style('convolutional, a flat loss', 'convolutional_a_flat_loss', 2),
    Style(
        'convolutional, no biases in the decoder',
        'convolutional_no_biases_in_the_decoder',
        2,
    ),
    Style(
        'convolutional, channels of the code from its shape',
        'convolutional_channels_of_the_code_from_its_shape',
        2,
    ),
    Style(
        'convolutional, convolutions of TensorFlow',
        'convolutional_convolutions_of_tensorflow',
        2,
    ),
    Style(
        'variational, no biases in the decoder',
        'variational_no_biases_in_the_decoder',
        3,
    ),
    Style('variational, subclassed', 'variational_subclassed', 3),
    Style(
        'variational, a train_step and a test_step',
        'variational_a_train_step_and_a_test_step',
        3,
    ),
    Style(
        'variational, a seed generator',
        'variational_a_seed_generator',
        3,
        KERAS_3,
    ),
    Style(
        'variational, a generator of TensorFlow',
        'variational_a_generator_of_tensorflow',
        3,
    ),
    Style(
        'variational, a model for mean and log variance',
        'variational_a_model_for_mean_and_log_variance',
        3,
    ),
    Style(
        'variational, a layer for the divergence',
        'variational_a_layer_for_the_divergence',
        3,
    ),
    Style(
        'variational, a loss of one number',
        'variational_a_loss_of_one_number',
        3,
    ),
    Style(
        'variational, a seed set before building',
        'variational_a_seed_set_before_building',
        3,
    ),
    Style('variational, run_eagerly', 'variational_run_eagerly', 3),
    Style('variational, jit_compile off', 'variational_jit_compile_off', 3),
    Style(
        'variational, a linear activation',
        'variational_a_linear_activation',
        3,
    ),
    Style(
        'variational, the divergence in another form',
        'variational_the_divergence_in_another_form',
        3,
    ),
    Style(
        'variational, the log variance starts low',
        'variational_the_log_variance_starts_low',
        3,
    ),
    Style('variational, metrics', 'variational_metrics', 3, KERAS_2),
    Style(
        'variational, the sample decoded without the encoder',
        'variational_the_sample_decoded_without_the_encoder',
        3,
    ),
    Style(
        'variational, the weight of the loss in a dict',
        'variational_the_weight_of_the_loss_in_a_dict',
        3,
    ),
    Style(
        'variational, another sample for auto',
        'variational_another_sample_for_auto',
        3,
    ),
]
