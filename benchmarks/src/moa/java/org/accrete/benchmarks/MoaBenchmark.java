package org.accrete.benchmarks;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.DenseInstance;
import com.yahoo.labs.samoa.instances.Instance;
import com.yahoo.labs.samoa.instances.Instances;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import com.yahoo.labs.samoa.instances.SparseInstance;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * MOA's SGD on the same rows, for two classes. Making its instances is not counted. Only built with the profile
 * {@code moa}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MoaBenchmark {
    /** {@code log-loss} or {@code hinge}. */
    @Param("log-loss")
    public String loss;

    /** Number of columns. */
    @Param({"20", "100", "784"})
    public int width;

    /** Entries of a row; fewer than columns make it sparse. */
    @Param("20")
    public int entries;

    /** Rows learned in one call of the benchmark. */
    @Param("1000")
    public int rows;

    /** Folder of rows that {@code peers/compare.py} wrote; random ones if empty. */
    @Param("")
    public String data;

    private moa.classifiers.functions.SGD learner;
    private Instance[][] instances;
    private int next;

    /**
     * Makes the instances.
     *
     * @throws IOException if the folder cannot be read
     */
    @Setup
    public void prepare() throws IOException {
        Target target = LearnerBenchmark.classes(2);
        Chunk[] chunks = data.isEmpty()
                ? RandomChunks.several(width, Math.min(width, entries), target, rows)
                : StoredChunks.read(Path.of(data), width, target, rows);
        List<Attribute> attributes = new ArrayList<>();
        for (int j = 0; j < width; j++) {
            attributes.add(new Attribute("x" + j));
        }
        attributes.add(new Attribute("y", List.of("c0", "c1")));
        InstancesHeader header = new InstancesHeader(new Instances("rows", attributes, 0));
        header.setClassIndex(width);
        learner = new moa.classifiers.functions.SGD();
        learner.lossFunctionOption.setChosenIndex(loss.equals("hinge") ? 0 : 1);
        learner.learningRateOption.setValue(0.005);
        learner.lambdaRegularizationOption.setValue(1e-4);
        learner.setModelContext(header);
        learner.prepareForUse();
        instances = new Instance[chunks.length][rows];
        for (int i = 0; i < chunks.length; i++) {
            for (int row = 0; row < rows; row++) {
                instances[i][row] = instance(chunks[i], row, header);
            }
        }
    }

    private Instance instance(Chunk chunk, int row, InstancesHeader header) {
        Instance instance;
        if (chunk instanceof SparseChunk sparse) {
            int[] indices = Arrays.copyOfRange(sparse.indices(), sparse.start(row), sparse.end(row) + 1);
            double[] values = Arrays.copyOfRange(sparse.values(), sparse.start(row), sparse.end(row) + 1);
            indices[indices.length - 1] = width;
            values[values.length - 1] = chunk.target(row);
            instance = new SparseInstance(1, values, indices, width + 1);
        } else {
            DenseChunk dense = (DenseChunk) chunk;
            double[] values = Arrays.copyOfRange(dense.values(), dense.offset(row), dense.offset(row) + width + 1);
            values[width] = chunk.target(row);
            instance = new DenseInstance(1, values);
        }
        instance.setDataset(header);
        return instance;
    }

    /** Learns as many rows as a chunk has. */
    @Benchmark
    public void train() {
        for (Instance instance : instances[next]) {
            learner.trainOnInstance(instance);
        }
        next = next + 1 == instances.length ? 0 : next + 1;
    }
}
