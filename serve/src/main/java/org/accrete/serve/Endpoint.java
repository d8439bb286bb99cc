package org.accrete.serve;

/** What answers the requests of a route. Called by many threads. */
@FunctionalInterface
interface Endpoint {
    /**
     * {@return the answer}
     *
     * @param call the request, with its whole body
     * @throws Refusal the request cannot be answered
     * @throws org.accrete.api.AccreteException the same, in the words of the library
     */
    Answer answer(Call call);
}
