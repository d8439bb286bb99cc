package org.accrete.io;

import static org.accrete.io.IoFixtures.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ColumnPlan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanFileTest {
    @TempDir
    Path folder;

    @Test
    void aPlanIsReadAsItWasWritten() {
        ColumnPlan plan = ColumnPlan.parse("%20a%3D%22b%22=numeric(missing=%3F|-,decimal=%2C)\n"
                + "d%0Ay=datetime(first-day=2001-01-31)\nc%28x%29=categorical(width=64)\n%2541=boolean\n"
                + "s=sparse(width=9,first=0)\nw=weight\nk=key\ni=ignore\n"
                + "y=target(kind=categorical,labels=as-written,classes=007|Z%C3%BCrich%20%7C)");
        PlanFile file = new PlanFile(
                plan, Optional.of(new PlanFile.Encoded(1L << 40, List.of("007", "Zürich |", "later \"\\"))));
        Path path = write(folder.resolve("p.plan"), file.toJson());
        assertThat(PlanFile.read(path)).isEqualTo(file);
        PlanFile raw = new PlanFile(plan, Optional.empty());
        write(path, raw.toJson());
        assertThat(PlanFile.read(path)).isEqualTo(raw);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | line 1 column 1: a column plan must be an object {\"columns\": {...}} but the file is empty",
                "{} | a column plan must have the key 'columns'",
                "[] | a column plan must be an object",
                "{\"columns\": [\"a=numeric\"]} | line 1 column 13: key 'columns' must be an object",
                "{\"colums\": {}} | there is no key 'colums'; keys: columns, encoded",
                "{\"columns\": {\"a\": 5}} | line 1 column 19: key 'a' must be the kind of a column, such as \"numeric\" but was 5",
                "{\"columns\": {\"a\": \"number\"}} | kind of column 'a' must be one of numeric, categorical",
                "{\"columns\": {\"a\": \"numeric(width=5)\"}} | column 'a' has no setting 'width'",
                "{\"columns\": {\"a\": \"numeric\" | not JSON: ",
                "{\"columns\": {\"a\": \"numeric\", \"a\": \"key\"}} | not JSON: Duplicate",
                "{\"columns\": {\"a\": \"categorical\"}} | a plan must be complete but 'a=categorical' is not",
                "{\"columns\": {\"a\": \"datetime(first-day=x)\"}} | first-day of column 'a' must be a date",
                "{\"columns\": {\"a\": \"weight\", \"b\": \"weight\"}} | at most one column can be the weight",
                "{\"columns\": {}} {} | something follows the column plan",
                "{\"columns\": {}, \"encoded\": {\"classes\": []}} | key 'bytes' must be there",
                "{\"columns\": {}, \"encoded\": {\"bytes\": 1, \"classes\": [1]}} | key 'classes' must be a list of texts",
                "{\"columns\": {\"y\": \"target(kind=categorical,classes=a)\"}, \"encoded\": {\"bytes\": 1}} | must begin with the classes"
            })
    void whatIsWrongIsToldWithItsPlace(String text, String message) {
        Path file = write(folder.resolve("p.plan"), text == null ? "" : text);
        assertThatThrownBy(() -> PlanFile.read(file)).isInstanceOfSatisfying(AccreteException.class, e -> {
            assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_DATA);
            assertThat(e.line()).startsWith(file + " line ").contains(message);
        });
    }

    @Test
    void theLineOfAWrongColumnIsTold() {
        Path file = write(
                folder.resolve("p.plan"),
                "{\n  \"columns\": {\n    \"a\": \"numeric\",\n    \"b\": \"nmeric\"\n  }\n}\n");
        assertThatThrownBy(() -> PlanFile.read(file))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.where()).hasValue(file + " line 4 column 10"));
    }

    @Test
    void aFileThatIsNotThereIsTold() {
        assertThatThrownBy(() -> PlanFile.read(folder.resolve("none")))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.IO));
    }
}
