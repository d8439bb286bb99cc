/** The steps that come with the library. {@link org.accrete.core.preprocess.StandardScaler} is one. */
package org.accrete.core.preprocess;
