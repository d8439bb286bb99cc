package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Rules for the text of Java files and pages that neither the formatter nor the compiler checks. */
class SourceTextTest {
    private static final int COLUMNS = 120;

    private static final Pattern COMMENT = Pattern.compile("^\\s*(?://|/\\*|\\*)|[;{},)]\\s*//");

    /** Words that must be "gradient" and "prior". */
    private static final Pattern WRONG_WORD =
            Pattern.compile("\\bslopes?\\b|\\bpulls?\\b(?! requests?\\b)", Pattern.CASE_INSENSITIVE);

    private static final Pattern REGISTRY_HOST = Pattern.compile(
            "repo1?\\.maven\\.(?:apache\\.)?org|central\\.sonatype|oss\\.sonatype|pypi\\.org|pythonhosted\\.org"
                    + "|npmjs\\.(?:org|com)|proxy\\.golang\\.org|crates\\.io|rubygems\\.org|anaconda\\.org",
            Pattern.CASE_INSENSITIVE);

    @Test
    void commentsAreAtMost120ColumnsWide() {
        assertNone(
                ".java",
                line -> line.codePointCount(0, line.length()) > COLUMNS
                        && COMMENT.matcher(line).find());
    }

    @Test
    void gradientsAndPriorsHaveTheirNamesInCode() {
        assertNone(".java", line -> WRONG_WORD.matcher(line).find());
    }

    @Test
    void gradientsAndPriorsHaveTheirNamesOnPages() {
        assertNone(".md", line -> WRONG_WORD.matcher(line).find());
    }

    @Test
    void noPackageRegistryIsNamed() {
        assertNone(".java", line -> REGISTRY_HOST.matcher(line).find());
        assertNone(".md", line -> REGISTRY_HOST.matcher(line).find());
        assertNone(".xml", line -> REGISTRY_HOST.matcher(line).find());
    }

    @Test
    void linesHaveNoTabs() {
        assertNone(".java", line -> line.indexOf('\t') >= 0);
        assertNone(".md", line -> line.indexOf('\t') >= 0);
    }

    /** The rules would also hold if the files were not found. */
    @Test
    void filesAreFound() {
        assertThat(find(".java", line -> line.startsWith("package "))).hasSizeGreaterThan(100);
        assertThat(find(".md", line -> line.startsWith("# "))).hasSizeGreaterThan(5);
    }

    private static void assertNone(String ending, Predicate<String> breaksTheRule) {
        assertThat(String.join("\n", find(ending, breaksTheRule)))
                .as("lines that break the rule")
                .isEmpty();
    }

    /** {@return the lines of all files with an ending that break a rule, as {@code file:line: text}} */
    private static List<String> find(String ending, Predicate<String> breaksTheRule) {
        List<String> found = new ArrayList<>();
        for (Path file : files(ending)) {
            List<String> lines = read(file);
            for (int i = 0; i < lines.size(); i++) {
                if (breaksTheRule.test(lines.get(i))) {
                    found.add(Command.ROOT.relativize(file) + ":" + (i + 1) + ": "
                            + lines.get(i).strip());
                }
            }
        }
        return found;
    }

    /** {@return the files of the repository with an ending, without build output, hidden folders and this file} */
    private static List<Path> files(String ending) {
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(Command.ROOT, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    String name = directory.getFileName().toString();
                    boolean skip = !directory.equals(Command.ROOT) && (name.equals("target") || name.startsWith("."));
                    return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    String name = file.getFileName().toString();
                    if (name.endsWith(ending) && !name.equals(SourceTextTest.class.getSimpleName() + ".java")) {
                        files.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        files.sort(null);
        return files;
    }

    private static List<String> read(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
