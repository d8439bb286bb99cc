package org.accrete.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.Provider;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.Position;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.data.Target;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.core.Toys;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.preprocess.StandardScalerProvider;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
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

    /**
     * Compiles sources of package {@code outside} and packs them with a services file, without some of the classes. A
     * class named {@code Future} gets the class file version of a later Java.
     */
    private void jar(Path jar, List<String> services, Set<String> leftOut, String... sources) throws IOException {
        Path work = Files.createTempDirectory(temp, "sources");
        List<String> arguments = new ArrayList<>(
                List.of("-d", work.toString(), "-proc:none", "-cp", System.getProperty("java.class.path")));
        for (String source : sources) {
            String type = source.replaceFirst("(?s).*?public (?:abstract )?class (\\w+).*", "$1");
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
                    byte[] bytes = Files.readAllBytes(type);
                    // The fourth and third byte from there are the minor, then the major version.
                    bytes[7] = type.endsWith("Future.class") ? 99 : bytes[7];
                    out.write(bytes);
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
                .filteredOn(why -> !why.startsWith("not a readable jar"))
                .allSatisfy(why -> assertThat(why).endsWith(" (in " + temp.resolve("plugins/a.jar") + ")"))
                .anySatisfy(why -> assertThat(why).startsWith("not found"))
                .anySatisfy(why -> assertThat(why).contains("its name must match [a-z][a-z0-9-]* but was 'Bad Name'"))
                .anySatisfy(why -> assertThat(why).contains("IllegalStateException: no luck"))
                .anySatisfy(why -> assertThat(why).contains("it is not a LearnerProvider"))
                .anySatisfy(why -> assertThat(why).contains("'same' is declared twice"))
                .anySatisfy(why -> assertThat(why).contains("outside/Base"))
                .noneSatisfy(why -> assertThat(why).contains("\n"));
        assertThatThrownBy(() -> learners.find("orphan"))
                .hasMessageContaining("Not usable:")
                .hasMessageContaining("outside/Base");
    }

    @Test
    void errorsOfAnyKindAtLoadingMarkAPlugInBrokenWithItsReasonAndItsJar() throws IOException {
        Path jar = temp.resolve("plugins/a.jar");
        String fails = "static { if (true) { throw new %s; } }";
        jar(
                jar,
                List.of(
                        "outside.Static",
                        "outside.StaticError",
                        "outside.Recursive",
                        "outside.Future",
                        "outside.Orphan",
                        "outside.Unfinished",
                        "outside.Hidden",
                        "outside.Outer.Inner",
                        "outside.Asserts",
                        "outside.Good"),
                Set.of("Base"),
                source("Static", "static", fails.formatted("IllegalStateException(\"no luck\")")),
                source("StaticError", "static-error", fails.formatted("AssertionError(\"no way\")")),
                source("Recursive", "recursive", "public Recursive() { new Recursive(); }"),
                source("Future", "future", ""),
                "package outside; public class Base {}",
                source("Orphan", "orphan", "").replace("Orphan implements", "Orphan extends Base implements"),
                source("Unfinished", "unfinished", "").replace("public class", "public abstract class"),
                source("Hidden", "hidden", "private Hidden() {}"),
                "package outside; public class Outer { public static class Inner {} }",
                source("Asserts", "asserts", "public Asserts() { throw new AssertionError(\"never\"); }"),
                source("Good", "good", ""));
        Registry<LearnerProvider> learners =
                PlugIns.load(temp.resolve("plugins")).learners();

        assertThat(names(learners)).contains("good");
        assertThat(learners.broken())
                .allSatisfy(one -> assertThat(one.why()).endsWith(" (in " + jar + ")"))
                .hasSize(9);
        assertThat(why(learners, "Static")).contains("static initializer", "no luck");
        assertThat(why(learners, "StaticError")).contains("no way");
        assertThat(why(learners, "Recursive")).contains("StackOverflowError");
        assertThat(why(learners, "Future")).contains("more recent version of the Java Runtime");
        assertThat(why(learners, "Orphan")).contains("NoClassDefFoundError", "outside/Base");
        assertThat(why(learners, "Unfinished")).contains("abstract");
        assertThat(why(learners, "Hidden")).contains("public constructor without arguments");
        assertThat(why(learners, "Outer.Inner")).contains("not found", "'outside.Outer$Inner'");
        assertThat(why(learners, "Asserts")).contains("never");
    }

    private static String why(Registry<?> registry, String type) {
        return registry.broken().stream()
                .filter(one -> one.plugIn().equals("outside." + type))
                .map(BrokenPlugIn::why)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatAPlugInThrowsNamesItAndItsJar() throws IOException {
        Path jar = temp.resolve("plugins/a.jar");
        String learner = source("Broken", "broken", "")
                .replace(
                        "throw new IllegalStateException(); }\n    public Learner restore",
                        "return new Part(schema); }\n    public Learner restore");
        String part = """
                package outside;
                import org.accrete.api.data.*;
                import org.accrete.api.learn.*;
                import org.accrete.api.store.*;
                public class Part implements Learner {
                    final Schema schema;
                    Part(Schema schema) { this.schema = schema; }
                    public Schema schema() { return schema; }
                    public long rowsSeen() { return 0; }
                    public Model view() { return null; }
                    public Model snapshot() { throw new NoClassDefFoundError("a/library/Type"); }
                    public State state() { return State.builder().build(); }
                    public void partialFit(Chunk chunk) {
                        if (chunk.rows() == 1) { throw new IllegalStateException("no\\nluck"); }
                        if (chunk.rows() == 2) { throw new OutOfMemoryError("Java heap space"); }
                        partialFit(chunk);
                    }
                }
                """;
        jar(jar, List.of("outside.Broken"), Set.of(), learner, part);
        PlugIns plugIns = PlugIns.load(temp.resolve("plugins"));
        Schema schema = Schema.numeric(1, Target.numeric("y"));
        PipelineSpec spec = new PipelineSpec("broken", List.of(), Map.of());
        Pipeline pipeline = Pipeline.create(plugIns, schema, spec);
        String it = "plug-in 'broken' (outside.Broken in " + jar + ")";

        assertFailed(() -> pipeline.partialFit(Toys.chunk(schema, 1)))
                .hasMessage(it + " failed in partialFit(): java.lang.IllegalStateException: no luck; tell its author"
                        + " what --debug shows")
                .hasCauseInstanceOf(IllegalStateException.class);
        assertFailed(() -> pipeline.partialFit(Toys.chunk(schema, 1, 2, 3)))
                .hasMessageStartingWith(it + " failed in partialFit(): java.lang.StackOverflowError");
        assertThatThrownBy(() -> pipeline.partialFit(Toys.chunk(schema, 1, 2)))
                .isInstanceOf(OutOfMemoryError.class)
                .hasMessage(it + " in partialFit(): Java heap space");
        assertFailed(pipeline::view).hasMessageStartingWith(it + " returned null from view()");
        assertFailed(pipeline::snapshot).hasMessageContaining("NoClassDefFoundError: a/library/Type");
        State state = pipeline.state();
        assertFailed(() -> Pipeline.restore(plugIns, state))
                .hasMessageStartingWith(it + " failed in restore(): java.lang.IllegalStateException");
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertFailed(ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.PLUG_IN_FAILED));
    }

    @Test
    void whatASourceThrowsNamesIt() throws IOException {
        String source = """
                package outside;
                import java.util.*;
                import org.accrete.api.data.*;
                import org.accrete.api.param.*;
                public class Rows implements ChunkSourceProvider {
                    public String name() { return "rows"; }
                    public String summary() { return "from outside"; }
                    public List<ParamSpec<?>> params() { return List.of(); }
                    public ChunkSource open(SourceRequest request, Params params) {
                        if (request.location().equals("nothing")) { return null; }
                        return new ChunkSource() {
                            public String name() { return "rows"; }
                            public Schema schema() { return null; }
                            public void seek(Position position) { throw org.accrete.api.AccreteException.badState("no"); }
                            public boolean next(ChunkBuffer buffer) { throw new ArithmeticException("/ by zero"); }
                            public void close() {}
                        };
                    }
                }
                """;
        Path jar = temp.resolve("plugins/a.jar");
        jar(jar, List.of(), Set.of(), source);
        URL[] urls = {jar.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(urls, PlugInsTest.class.getClassLoader())) {
            ChunkSourceProvider provider = (ChunkSourceProvider)
                    loader.loadClass("outside.Rows").getConstructor().newInstance();
            Params params = Params.of(List.of());
            String it = "plug-in 'rows' (outside.Rows in " + jar + ")";
            assertFailed(() -> PlugInCalls.open(provider, SourceRequest.of("nothing"), params))
                    .hasMessageStartingWith(it + " returned null from open()");
            ChunkSource opened = PlugInCalls.open(provider, SourceRequest.of(""), params);
            assertThat(opened.name()).isEqualTo("rows");
            assertThat(opened.warnings()).isEmpty();
            assertFailed(() -> opened.next(new ChunkBuffer(Schema.numeric(1, Target.none()), 1)))
                    .hasMessageStartingWith(it + " failed in next(): java.lang.ArithmeticException: / by zero");
            assertFailed(opened::schema).hasMessageStartingWith(it + " returned null from schema()");
            assertThatThrownBy(() -> opened.seek(Position.start())).hasMessage("no");
            opened.close();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void foldersAreGivenAsAList() throws IOException {
        jar(temp.resolve("one/a.jar"), "One", "one");
        jar(temp.resolve("two/b.jar"), "Two", "two");
        String list = String.join(
                File.pathSeparator,
                temp.resolve("one").toString(),
                "",
                temp.resolve("two").toString(),
                temp.resolve("two/../one").toString());
        PlugIns plugIns = PlugIns.load(PlugIns.folders(list));

        assertThat(names(plugIns.learners())).contains("one", "two");
        assertThat(plugIns.learners().broken()).isEmpty();
        assertThat(PlugIns.folders("")).isEmpty();
    }

    @Test
    void aPlugInThatUsesLibrariesGetsAllFolders() throws IOException {
        String members = """
                private final List<ClassLoader> libraries;
                public User() { this(List.of()); }
                private User(List<ClassLoader> libraries) { this.libraries = libraries; }
                public User withLibraries(List<ClassLoader> folders) { return new User(folders); }
                """;
        String user = source("User", "user", members)
                .replace("implements", "implements org.accrete.api.UsesLibraries,")
                .replace("\"from outside\"", "libraries.stream().map(ClassLoader::getName).toList().toString()");
        jar(temp.resolve("one/user.jar"), List.of("outside.User"), Set.of(), user);
        jar(temp.resolve("two/sub/other.jar"), "Other", "other");
        PlugIns plugIns = PlugIns.load(temp.resolve("one"), temp.resolve("two"));

        assertThat(plugIns.learners().broken()).isEmpty();
        assertThat(plugIns.learners().find("user").summary())
                .isEqualTo("[" + temp.resolve("one") + ", " + temp.resolve("two/sub") + "]");
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
