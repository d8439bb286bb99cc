/**
 * Writes models for other programs. Start with {@link org.accrete.export.onnx.OnnxExport}: it makes the inputs from the
 * column plan and lets the model write its own operations ({@link org.accrete.api.learn.ExportableModel}) into a graph,
 * which is then written as ONNX.
 */
package org.accrete.export.onnx;
