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
                + "n=numeric(thousands=space,unit=%25|%E2%82%AC,if-missing=-1.5,indicator=yes)\n"
                + "o=datetime(first-day=2001-01-31,format=dd/MM/yyyy,if-missing=skip)\n"
                + "v=categorical(min-count=3,values=a%7Cb|%C3%BC%2C,if-missing=reject)\nl=categorical(values=x|y)\n"
                + "t=text(ngrams=1-2,case=keep,width=64,if-missing=not%20there)\nu=text(chars=3-5,width=8)\n"
                + "v*c%28x%29=cross(columns=v|c%28x%29|k,width=32)\n"
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
                "{\"columns\": {\"a\": \"numeric(if-missing=x)\"}} | if-missing of column 'a' must be reject, skip, mean or a",
                "{\"columns\": {\"a\": \"numeric(indicator=1)\"}} | indicator of column 'a' must be yes or no but was '1'",
                "{\"columns\": {\"a\": \"numeric(thousands=dot)\"}} | thousands must be comma, point, space or apostrophe",
                "{\"columns\": {\"a\": \"numeric(thousands=point)\"}} | thousands of column 'a' must differ from decimal",
                "{\"columns\": {\"a\": \"categorical(min-count=3)\"}} | 'a=categorical(min-count=3)' is not",
                "{\"columns\": {\"a\": \"categorical(width=3,values=x)\"}} | width of 'a' follows from its values",
                "{\"columns\": {\"a\": \"text(ngrams=2-1)\"}} | n-grams of 'a' must be of 1 to 10 words",
                "{\"columns\": {\"a\": \"datetime(first-day=2001-01-01,format=dMy)\"}} | format of column 'a' must be dd",
                "{\"columns\": {\"a\": \"key\", \"x\": \"cross(columns=a\\u007Cb,width=8)\"}} | cross 'x' needs column 'b'",
                "{\"columns\": {\"a\": \"key\", \"x\": \"cross(columns=a,width=8)\"}} | a cross must be of at least two columns",
                "{\"columns\": {\"a\": \"key\", \"b\": \"key\", \"x\": \"cross(columns=a\\u007Cb)\"}} | but 'x=cross(columns=a",
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
