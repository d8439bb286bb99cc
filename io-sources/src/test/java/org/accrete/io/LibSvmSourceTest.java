package org.accrete.io;

import static org.accrete.io.IoFixtures.request;
import static org.accrete.io.IoFixtures.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.data.SparseChunk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LibSvmSourceTest {
    @TempDir
    Path folder;

    private SourceRequest svm(String text, String... columns) {
        return request(write(folder.resolve("a.svm"), text), columns);
    }

    private static ChunkSource open(SourceRequest request, String... params) {
        return IoFixtures.open(new LibSvmSourceProvider(), request, params(params));
    }

    private static Map<String, String> params(String... params) {
        return params.length == 0 ? Map.of() : Map.of(params[0], params[1]);
    }

    private static List<String> all(SourceRequest request, String... params) {
        return IoFixtures.all(new LibSvmSourceProvider(), request, params(params));
    }

    private static String plan(SourceRequest request, String... params) {
        try (ChunkSource source = open(request, params)) {
            return source.plan().orElseThrow().toText().replace('\n', ' ');
        }
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(LibSvmSourceTest.class.getResource("libsvm/" + name))
                .toURI());
    }

    @ParameterizedTest
    @ValueSource(strings = {"one-based", "zero-based", "commented", "queries", "by-hand"})
    void rowsAreThoseOfScikitLearn(String name) throws Exception {
        List<String> expected = Files.readAllLines(resource(name + ".txt"));
        try (ChunkSource source = open(request(resource(name + ".svm"), "y=numeric", "qid=key"))) {
            assertThat(source.schema().width()).isEqualTo(Integer.parseInt(expected.get(0)));
            ChunkBuffer buffer = IoFixtures.buffer(source, 1_000);
            source.next(buffer);
            SparseChunk rows = (SparseChunk) buffer.chunk();
            assertThat(rows.rows()).isEqualTo(expected.size() - 1);
            for (int row = 0; row < rows.rows(); row++) {
                String[] parts = expected.get(row + 1).split(" ");
                assertThat(rows.target(row)).as("label of row %d", row).isEqualTo(Double.parseDouble(parts[0]));
                if (name.equals("queries")) {
                    assertThat(buffer.key(row, 0)).as("qid of row %d", row).isEqualTo(parts[1]);
                }
                assertThat(rows.end(row) - rows.start(row))
                        .as("entries of row %d", row)
                        .isEqualTo(parts.length / 2 - 1);
                for (int i = 2; i < parts.length; i += 2) {
                    int k = rows.start(row) + i / 2 - 1;
                    assertThat(rows.indices()[k]).isEqualTo(Integer.parseInt(parts[i]));
                    assertThat(rows.values()[k]).isEqualTo(Double.parseDouble(parts[i + 1]));
                }
            }
        }
    }

    @Test
    void theLabelIsTheTargetAndTheQueryIsIgnored() {
        String text = "+1 qid:1 1:2\n-1 qid:1 2:3\n";
        assertThat(plan(svm(text)))
                .isEqualTo("qid=ignore x=sparse(width=2,first=1)"
                        .replaceFirst("^", "y=target(kind=categorical,classes=-1|1) "));
        assertThat(all(svm(text))).containsExactly("0:2.0 =11", "1:3.0 =0-1");
        assertThat(all(svm(text, "qid=key"))).containsExactly("0:2.0 1 =11", "1:3.0 1 =0-1");
        assertThat(all(svm(text, "qid=numeric"))).containsExactly("0:1.0 1:2.0 =11", "0:1.0 2:3.0 =0-1");
        assertThat(plan(svm("1.5 1:1\n2 1:1\n"))).startsWith("y=target(kind=numeric)");
        assertThat(all(svm("1 1:2\n1:3\n", "y=numeric"))).containsExactly("0:2.0 =1.0", "0:3.0 =NaN");
    }

    @Test
    void indicesBeginAtZeroIfAnyIsZeroOrIfToldSo() {
        assertThat(plan(svm("1 1:1\n0 3:1\n"))).endsWith("x=sparse(width=3,first=1)");
        assertThat(plan(svm("1 1:1\n0 0:1 3:1\n"))).endsWith("x=sparse(width=4,first=0)");
        assertThat(plan(svm("1 1:1\n0 3:1\n"), "zero-based", "true")).endsWith("x=sparse(width=4,first=0)");
        assertThat(plan(svm("1 1:1\n0 3:1\n"), "columns", "9")).endsWith("x=sparse(width=9,first=1)");
        assertThat(plan(svm("1 # 7:1\n0\n"))).endsWith("x=sparse(width=1,first=1)");
        assertThat(warnings(svm("1 1:1\n0 0:1 3:1\n")))
                .singleElement()
                .asString()
                .startsWith("index 0 occurs in ");
        assertThat(warnings(svm("1 2:1\n0 3:1\n"))).singleElement().asString().startsWith("the least index in ");
        assertThat(warnings(svm("1 1:1\n0 3:1\n"))).isEmpty();
        assertThat(warnings(svm("1 2:1\n0 3:1\n"), "zero-based", "false")).isEmpty();
    }

    private static List<String> warnings(SourceRequest request, String... params) {
        try (ChunkSource source = open(request, params)) {
            return source.warnings();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1 2:1 1:1 | column 'x' must be pairs index:value with ascending indices but has '1:1'",
                "1 1:1 1:1 | column 'x' must be pairs index:value with ascending indices but has '1:1'",
                "1 1:x | column 'x' must be pairs index:value whose values are finite numbers but has '1:x'",
                "1 1:nan | whose values are finite numbers but has '1:nan'",
                "1 1:1e999 | whose values are finite numbers but has '1:1e999'",
                "1 1: | whose values are finite numbers but has '1:'",
                "1 7 | column 'x' must be pairs index:value but has '7'",
                "1 1:1 -3:1 | column 'x' must be pairs index:value with indices from 1 to 9 but has '-3:1'",
                "1,2 1:1 | a line must have one label but has several",
                "1 99999999999999999999:1 | with indices from 1 to 9 but has '99999999999999999999:1'",
            })
    void badLinesAreRefusedWithTheirPlaceOrSkipped(String line, String message) {
        SourceRequest request = svm("1 1:1\n# comment\n" + line + "\n0 2:1\n");
        assertThatThrownBy(() -> all(request, "columns", "9")).isInstanceOfSatisfying(AccreteException.class, e -> {
            assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_DATA);
            assertThat(e.line()).startsWith(folder + "/a.svm line 3: ").contains(message);
        });
        List<String> told = new ArrayList<>();
        assertThat(all(request.withBadRows(BadRows.skip(0.5, told::add)), "columns", "9"))
                .hasSize(2)
                .first()
                .asString()
                .startsWith("0:1.0 ");
        assertThat(told).hasSize(1);
    }

    @Test
    void aRowBeyondTheColumnsOfTheModelIsABadRow() {
        SourceRequest request = svm("1 1:1\n0 3:1\n", "y=target(kind=categorical)");
        try (ChunkSource source = open(request)) {
            SourceRequest more = svm("1 4:1\n").withPlan(source.plan().orElseThrow(), true);
            assertThatThrownBy(() -> all(more))
                    .hasMessage("column 'x' must be pairs index:value with indices from 1 to 3 but has '4:1'");
        }
    }

    @Test
    void hugeIndicesAreRefusedBeforeMemoryIsAskedFor() {
        assertThatThrownBy(() -> all(svm("1 1:1\n0 2000000000:1\n")))
                .hasMessageContaining("the largest index is 2000000000 but at most 268435456 features are read");
    }

    @Test
    void standardInputNeedsTheNumberOfColumns() {
        assertThatThrownBy(() -> open(request("-")))
                .hasMessage(
                        "columns must be given for '-', which can be read only once, as in" + " libsvm:-?columns=1000");
    }
}
