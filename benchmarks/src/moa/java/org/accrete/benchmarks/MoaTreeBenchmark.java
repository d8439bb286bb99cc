package org.accrete.benchmarks;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.DenseInstance;
import com.yahoo.labs.samoa.instances.Instance;
import com.yahoo.labs.samoa.instances.Instances;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import moa.classifiers.AbstractClassifier;
import moa.classifiers.meta.AdaptiveRandomForest;
import moa.classifiers.trees.HoeffdingTree;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * MOA's trees on the rows of {@link TreeBenchmark}, each predicted and then learned. Making its instances is not
 * counted. Only built with the profile {@code moa}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MoaTreeBenchmark {
    /** A CSV file of numbers with a header; the last column is the class. */
    @Param("elec.csv")
    public String file;

    /** {@code HoeffdingTree}, or {@code AdaptiveRandomForest} with ten trees. */
    @Param({"HoeffdingTree", "AdaptiveRandomForest"})
    public String learner;

    private InstancesHeader header;
    private List<Instance> instances;

    /**
     * Reads the table.
     *
     * @throws IOException if it cannot be read
     */
    @Setup(Level.Trial)
    public void read() throws IOException {
        Chunk[] chunks = TreeBenchmark.read(Path.of(file));
        int width = chunks[0].width();
        List<Attribute> attributes = new ArrayList<>();
        for (int j = 0; j < width; j++) {
            attributes.add(new Attribute("x" + j));
        }
        attributes.add(new Attribute("y", chunks[chunks.length - 1].classes()));
        header = new InstancesHeader(new Instances("rows", attributes, 0));
        header.setClassIndex(width);
        instances = new ArrayList<>();
        for (Chunk chunk : chunks) {
            DenseChunk dense = (DenseChunk) chunk;
            for (int row = 0; row < chunk.rows(); row++) {
                double[] values = Arrays.copyOfRange(dense.values(), dense.offset(row), dense.offset(row) + width + 1);
                values[width] = chunk.target(row);
                Instance instance = new DenseInstance(1, values);
                instance.setDataset(header);
                instances.add(instance);
            }
        }
    }

    /** Predicts and learns the table. */
    @Benchmark
    public double predictThenLearn() {
        AbstractClassifier fresh;
        if (learner.equals("HoeffdingTree")) {
            fresh = new HoeffdingTree();
        } else {
            AdaptiveRandomForest forest = new AdaptiveRandomForest();
            forest.ensembleSizeOption.setValue(10);
            fresh = forest;
        }
        fresh.setModelContext(header);
        fresh.prepareForUse();
        int right = 0;
        for (Instance instance : instances) {
            right += fresh.correctlyClassifies(instance) ? 1 : 0;
            fresh.trainOnInstance(instance);
        }
        return (double) right / instances.size();
    }
}
