/** The vocabulary of Accrete: schema, chunk, parameters, learner, model, state, version, and the plug-in interfaces. */
@SuppressWarnings("module") // Those it exports a package to are compiled later.
module org.accrete.api {
    exports org.accrete.api;
    exports org.accrete.api.data;
    exports org.accrete.api.drift;
    exports org.accrete.api.file to
            org.accrete.io.jdbc,
            org.accrete.io.kafka,
            org.accrete.io.parquet,
            org.accrete.io.sources;
    exports org.accrete.api.learn;
    exports org.accrete.api.param;
    exports org.accrete.api.store;
}
