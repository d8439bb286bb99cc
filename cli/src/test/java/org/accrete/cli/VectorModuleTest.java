package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.accrete.api.data.Block;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.core.plugin.PlugIns;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VectorModuleTest {
    private static final Target NUMBER = Target.numeric("y");

    @TempDir
    private Path folder;

    @Test
    void paysForWideModelsAndManyRowsOnly() {
        Schema dense = Schema.numeric(784, NUMBER);
        assertThat(VectorModule.pays(3_000_000, dense, 20_000)).isTrue();
        assertThat(VectorModule.pays(3_000_000, dense, 200)).isFalse();
        assertThat(VectorModule.pays(4_500, Schema.numeric(10, NUMBER), 200_000))
                .isFalse();
    }

    @Test
    void columnsOfHashedTextCountByTheirEntriesInARow() {
        Schema hashed = new Schema(List.of(new Block("word", Block.Kind.ONE_HOT, 1 << 18)), NUMBER);
        assertThat(VectorModule.pays(3_000_000, hashed, 20_000)).isFalse();
    }

    @Test
    void rowsAreEstimatedByTheFileOrByTheParametersOfTheSource() {
        PlugIns plugIns = PlugIns.load();
        Schema schema = Schema.numeric(2, NUMBER);
        Path file = Data.write(folder, "two.csv", "123.5,123.5\n".repeat(500));
        assertThat(SourceAddress.resolve(plugIns, file.toString(), new ThreadsOption())
                        .rows(schema))
                .isCloseTo(500, within(50.0));
        assertThat(SourceAddress.resolve(plugIns, "synthetic:regression?rows=20", new ThreadsOption())
                        .rows(schema))
                .isEqualTo(20);
        assertThat(SourceAddress.resolve(plugIns, "-", new ThreadsOption()).rows(schema))
                .isEqualTo(1e6);
    }
}
