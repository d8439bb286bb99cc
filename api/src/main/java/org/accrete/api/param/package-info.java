/**
 * Parameters of plug-ins: one {@link org.accrete.api.param.ParamSpec} each, from which validation, help and the
 * reference page derive, and {@link org.accrete.api.param.Params}, the resolved values.
 */
package org.accrete.api.param;
