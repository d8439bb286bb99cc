/** A model that learns and predicts in one process: {@link org.accrete.core.online.OnlineService}. */
package org.accrete.core.online;
