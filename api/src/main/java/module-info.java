/** The vocabulary of Accrete: schema, chunk, parameters, learner, model, state, version, and the plug-in interfaces. */
module org.accrete.api {
    exports org.accrete.api;
    exports org.accrete.api.data;
    exports org.accrete.api.learn;
    exports org.accrete.api.param;
    exports org.accrete.api.store;
}
