/**
 * The laws of Accrete as contract suites, inherited by the tests of a plug-in.
 */
package org.accrete.testkit;
