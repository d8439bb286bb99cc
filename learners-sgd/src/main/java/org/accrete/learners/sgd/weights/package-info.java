/**
 * Linear functions and what is done to them whatever the optimizer: {@code LinearWeights} predict,
 * {@code TrainableWeights} learn, {@code AveragedSgd} is their mean over rows, {@code UndoLog} takes a refused chunk
 * back, {@code WeightedMerge} makes one of two. {@code TrainingState} is what every part of a training state can do.
 */
package org.accrete.learners.sgd.weights;
