/**
 * A model store answers over HTTP. Start with {@link org.accrete.serve.ModelServer}.
 *
 * <p>A request goes through {@code FrontDoor}: {@code Doorkeeper} looks at its host, origin and token, {@code Router}
 * finds the {@code Route}, the body is read, and the route's endpoint makes an {@code Answer} of a {@code Call}, or
 * throws a {@code Refusal}. What is predicted goes through {@code RecordRows}, which turns records into chunks, and
 * {@code Predictor}.
 */
package org.accrete.serve;
