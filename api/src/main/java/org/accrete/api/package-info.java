/**
 * The vocabulary of Accrete.
 */
package org.accrete.api;
