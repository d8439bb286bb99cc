/**
 * The laws of Accrete as contract suites, inherited by the tests of a plug-in, and saboteurs to try others with.
 *
 * <p>Start with the contract of what you wrote: {@link org.accrete.testkit.LearnerContract},
 * {@link org.accrete.testkit.ClassifierContract}, {@link org.accrete.testkit.StepContract},
 * {@link org.accrete.testkit.MergeContract}, {@link org.accrete.testkit.SourceContract} or
 * {@link org.accrete.testkit.StoreContract}; a test class implements it, hands in what is tested and inherits every
 * law. Random rows come from {@link org.accrete.testkit.RandomChunks}, their seed from
 * {@link org.accrete.testkit.RunSeed}; a failing test prints the line that replays it.
 */
package org.accrete.testkit;
