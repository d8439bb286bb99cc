/** Versions of models as ONNX. */
module org.accrete.export.onnx {
    requires transitive org.accrete.core;

    exports org.accrete.export.onnx;
}
