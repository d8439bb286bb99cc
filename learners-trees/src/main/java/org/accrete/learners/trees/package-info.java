/**
 * Decision trees that grow row by row, and ensembles of them.
 *
 * <p>Public are the providers. Start with {@code TreeLearner}, which keeps the promises of a learner, and
 * {@code HoeffdingTree}, which grows: its shape is in {@code Nodes}. {@code ClassTree} tells classes apart by what
 * {@code ClassLeaf} knows and {@code Splitter} finds, {@code RegressionTree} predicts numbers by {@code RegressionLeaf}
 * and {@code RegressionSplitter}. {@code AdaptiveTree} replaces parts of a tree, {@code ForestMember} a whole one, by
 * what their detectors of drift say. {@code GradientBoosting} adds up trees of its own kind.
 */
package org.accrete.learners.trees;
