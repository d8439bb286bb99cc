/**
 * How our own modules log in to a database: by a URL, a user, a password that is kept out of messages, and the driver
 * of the user. Start with {@link org.accrete.io.jdbc.login.Login}. Nobody else sees this package.
 */
package org.accrete.io.jdbc.login;
