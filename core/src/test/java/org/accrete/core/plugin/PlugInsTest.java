package org.accrete.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.Provider;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.core.Toys;
import org.accrete.core.preprocess.StandardScalerProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlugInsTest {
    private static final String SERVICE = "META-INF/services/" + LearnerProvider.class.getName();

    @TempDir
    private Path temp;

    /** {@return the source of a learner's provider} */
    private static String source(String type, String name, String more) {
        return """
                package outside;
                import java.util.*;
                import org.accrete.api.data.*;
                import org.accrete.api.learn.*;
                import org.accrete.api.param.*;
                import org.accrete.api.store.*;
                public class %s implements LearnerProvider {
                    %s
                    public String name() { return "%s"; }
                    public String summary() { return "from outside"; }
                    public List<ParamSpec<?>> params() { return parameters(); }
                    public Set<Target.Kind> targets() { return Set.of(Target.Kind.NUMERIC); }
                    public long memoryBytes(Schema schema, Params params) { return 0; }
                    public Learner create(Schema schema, Params params) { throw new IllegalStateException(); }
                    public Learner restore(Schema schema, Params params, State state) { throw new IllegalStateException(); }
                }
                """.formatted(
                type,
                more.contains("parameters()") ? more : more + " List<ParamSpec<?>> parameters() { return List.of(); }",
                name);
    }

    /** Compiles sources of package {@code outside} and packs them with a services file, without some of the classes. */
    private void jar(Path jar, List<String> services, Set<String> leftOut, String... sources) throws IOException {
        Path work = Files.createTempDirectory(temp, "sources");
        List<String> arguments = new ArrayList<>(
                List.of("-d", work.toString(), "-proc:none", "-cp", System.getProperty("java.class.path")));
        for (String source : sources) {
            String type = source.replaceFirst("(?s).*?public class (\\w+).*", "$1");
            Path file = work.resolve(type + ".java");
            Files.writeString(file, source);
            arguments.add(file.toString());
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertThat(sources.length == 0 ? 0 : compiler.run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
        Files.createDirectories(jar.getParent());
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file);
                Stream<Path> classes = Files.walk(work)) {
            out.putNextEntry(new JarEntry(SERVICE));
            out.write(String.join("\n", services).getBytes(StandardCharsets.UTF_8));
            for (Path type :
                    classes.filter(path -> path.toString().endsWith(".class")).toList()) {
                if (!leftOut.contains(type.getFileName().toString().replace(".class", ""))) {
                    out.putNextEntry(
                            new JarEntry(work.relativize(type).toString().replace('\\', '/')));
                    Files.copy(type, out);
                }
            }
        }
    }

    private void jar(Path jar, String type, String name) throws IOException {
        jar(jar, List.of("outside." + type), Set.of(), source(type, name, ""));
    }

    private static List<String> names(Registry<? extends Provider> registry) {
        return registry.all().stream().map(Provider::name).toList();
    }

    @Test
    void whatIsBesideTheClassIsFound() {
        PlugIns plugIns = PlugIns.load();

        assertThat(names(plugIns.learners())).contains("standard-scaler").isSorted();
        assertThat(plugIns.learners().find("standard_scaler")).isInstanceOf(StandardScalerProvider.class);
        assertThat(plugIns.learners().broken()).isEmpty();
    }

    @Test
    void jarsOfAFolderAndOfItsSubFoldersAreFound() throws IOException {
        jar(temp.resolve("plugins/one.jar"), "One", "one");
        jar(temp.resolve("plugins/two.jar"), "Two", "two");
        jar(temp.resolve("plugins/sub/three.jar"), "Three", "three");
        PlugIns plugIns = PlugIns.load(temp.resolve("plugins"));

        assertThat(names(plugIns.learners())).contains("one", "standard-scaler", "three", "two");
        ClassLoader one = plugIns.learners().find("one").getClass().getClassLoader();
        assertThat(plugIns.learners().find("two").getClass().getClassLoader()).isSameAs(one);
        assertThat(plugIns.learners().find("three").getClass().getClassLoader()).isNotSameAs(one);
        assertThat(plugIns.learners().broken()).isEmpty();
        assertThat(plugIns.sources().broken()).isEmpty();
    }

    @Test
    void whatIsBesideTheClassIsNotListedTwiceWhenAFolderHasItToo() throws IOException {
        jar(temp.resolve("plugins/copy.jar"), List.of(StandardScalerProvider.class.getName()), Set.of());
        PlugIns plugIns = PlugIns.load(temp.resolve("plugins"));

        assertThat(plugIns.learners().find("standard-scaler")).isInstanceOf(StandardScalerProvider.class);
        assertThat(names(plugIns.learners())).isEqualTo(names(PlugIns.load().learners()));
    }

    @Test
    void brokenPlugInsAreListedAndHideNoOther() throws IOException {
        String twice = "List<ParamSpec<?>> parameters() { ParamSpec<Boolean> p = ParamSpec.flag(\"same\", true, \"\");"
                + " return List.of(p, p); }";
        jar(
                temp.resolve("plugins/a.jar"),
                List.of(
                        "outside.NotThere",
                        "outside.Throws",
                        "outside.BadName",
                        "outside.Twice",
                        "outside.Orphan",
                        "outside.Stranger",
                        "outside.Good"),
                Set.of("Base"),
                source("Throws", "throws", "public Throws() { throw new IllegalStateException(\"no\\nluck\"); }"),
                source("BadName", "Bad Name", ""),
                source("Twice", "twice", twice),
                "package outside; public class Base {}",
                source("Orphan", "orphan", "").replace("Orphan implements", "Orphan extends Base implements"),
                "package outside; public class Stranger {}",
                source("Good", "good", ""));
        jar(temp.resolve("plugins/b.jar"), "Better", "better");
        Files.writeString(temp.resolve("plugins/c.jar"), "not a jar");
        Files.writeString(temp.resolve("plugins/readme.txt"), "not looked at");
        Registry<LearnerProvider> learners =
                PlugIns.load(temp.resolve("plugins")).learners();

        assertThat(names(learners)).contains("better", "good", "standard-scaler");
        assertThat(learners.broken())
                .extracting(BrokenPlugIn::plugIn)
                .contains("outside.NotThere", "outside.Throws", "outside.BadName", "twice", "outside.Stranger")
                .anySatisfy(name -> assertThat(name).endsWith("c.jar"))
                .hasSize(7);
        assertThat(learners.broken())
                .extracting(BrokenPlugIn::why)
                .contains("not found", "its name must match [a-z][a-z0-9-]* but was 'Bad Name'")
                .anySatisfy(why -> assertThat(why).endsWith("IllegalStateException: no luck"))
                .anySatisfy(why -> assertThat(why).contains("'same' is declared twice"))
                .anySatisfy(why -> assertThat(why).contains("outside/Base"))
                .noneSatisfy(why -> assertThat(why).contains("\n"));
        assertThatThrownBy(() -> learners.find("orphan"))
                .hasMessageContaining("Not usable:")
                .hasMessageContaining("outside/Base");
    }

    @Test
    void aNameThatTwoPlugInsHaveIsAnErrorThatNamesBothAndOnlyForThatName() throws IOException {
        jar(temp.resolve("plugins/one/x.jar"), "First", "same");
        jar(temp.resolve("plugins/two/y.jar"), "Second", "same");
        jar(temp.resolve("plugins/two/z.jar"), "Other", "other");
        Registry<LearnerProvider> learners =
                PlugIns.load(temp.resolve("plugins")).learners();

        assertThatThrownBy(() -> learners.find("same"))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNKNOWN_PLUG_IN))
                .hasMessageContaining("outside.First in ")
                .hasMessageContaining("one/x.jar")
                .hasMessageContaining("outside.Second in ")
                .hasMessageContaining("two/y.jar");
        assertThat(names(learners)).contains("other").doesNotContain("same");
        assertThat(learners.broken()).singleElement().satisfies(one -> {
            assertThat(one.plugIn()).isEqualTo("same");
            assertThat(one.why()).contains("used by 2 learners", "one/x.jar", "two/y.jar");
        });
        assertThat(learners.find("other").name()).isEqualTo("other");
    }

    @Test
    void aFolderThatIsNotThereIsABadArgument() {
        assertThatThrownBy(() -> PlugIns.load(temp.resolve("nowhere")))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_ARGUMENT))
                .hasMessageContaining("nowhere");
    }

    @Test
    void anUnknownNameSuggestsTheNearest() {
        Registry<LearnerProvider> learners = Toys.plugIns().learners();

        assertThatThrownBy(() -> learners.find("standart-scaler"))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNKNOWN_PLUG_IN))
                .hasMessage("No learner named 'standart-scaler'. Did you mean 'standard-scaler'? Available: shares,"
                        + " standard-scaler, sum, wait. Add the jar that provides it with --plugins.");
        assertThatThrownBy(() -> learners.find("quite-another-thing"))
                .hasMessageStartingWith("No learner named 'quite-another-thing'. Available:");
        assertThatThrownBy(() -> Toys.plugIns().stores().find("directory"))
                .hasMessageStartingWith("No store named 'directory'. There are none.");
    }

    @Test
    void aBrokenPlugInIsMentionedOnlyWhereItMayBeMeant() {
        Registry<LearnerProvider> learners = new Registry<>(
                "learner",
                List.of(Toys.SUM),
                List.of(new BrokenPlugIn("named", "no"), new BrokenPlugIn("a.B", "gone")));

        assertThatThrownBy(() -> learners.find("named"))
                .hasMessageContaining("Not usable: named (no).")
                .hasMessageContaining("Not usable: a.B (gone).");
        assertThatThrownBy(() -> learners.find("another"))
                .hasMessageContaining("a.B (gone)")
                .hasMessageNotContaining("named (no)");
    }

    @Test
    void givenPlugInsAreSortedByKindAndJudgedToo() {
        PlugIns plugIns = PlugIns.of(Toys.SUM, new EmptySummary());

        assertThat(names(plugIns.learners())).containsExactly("sum");
        assertThat(plugIns.sources().all()).isEmpty();
        assertThat(plugIns.sources().broken())
                .containsExactly(new BrokenPlugIn("quiet", "its summary must not be blank"));
    }

    @Test
    void wordsAreAsFarApartAsTheEditsBetweenThem() {
        assertThat(NearestWord.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(NearestWord.distance("", "abc")).isEqualTo(3);
        assertThat(NearestWord.distance("wiat", "wait")).isEqualTo(1);
        assertThat(NearestWord.distance("same", "same")).isZero();
    }

    private static final class EmptySummary implements ChunkSourceProvider {
        @Override
        public String name() {
            return "quiet";
        }

        @Override
        public String summary() {
            return " ";
        }

        @Override
        public List<ParamSpec<?>> params() {
            return List.of();
        }

        @Override
        public ChunkSource open(SourceRequest request, Params params) {
            throw new IllegalStateException();
        }
    }
}
