/**
 * The laws of Accrete as test suites that the test of a plug-in inherits, and wrappers that inject faults.
 *
 * <p>Start with the contract of your kind of plug-in: {@link org.accrete.testkit.LearnerContract},
 * {@link org.accrete.testkit.ClassifierContract}, {@link org.accrete.testkit.StepContract},
 * {@link org.accrete.testkit.MergeContract}, {@link org.accrete.testkit.SourceContract} or
 * {@link org.accrete.testkit.StoreContract}; a test class implements it, provides the plug-in and inherits every law.
 * Random rows come from {@link org.accrete.testkit.RandomChunks}, their seed from {@link org.accrete.testkit.RunSeed};
 * the message of a failing test ends with the law and the command that replays it.
 */
package org.accrete.testkit;
