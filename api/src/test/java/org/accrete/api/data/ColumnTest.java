package org.accrete.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnTest {
    private static final String AWKWARD = "a=b (c), 100%\n|é☃;\"";

    @Test
    void everyColumnSurvivesItsText() {
        List<Column> columns = List.of(
                new Column.Numeric("n"),
                new Column.Bool("b"),
                new Column.Categorical("c", 0),
                new Column.Categorical("c", 4096),
                new Column.DateTime("d", Optional.empty()),
                new Column.DateTime("d", Optional.of(LocalDate.of(2001, 2, 3))),
                new Column.Sparse("s", 1 << 28, 0),
                new Column.Sparse("s", 1, 1),
                new Column.Weight("w"),
                new Column.Key("k"),
                new Column.Ignore("i"),
                new Column.Label("y", Target.numeric("y")),
                new Column.Label("y", Target.categorical("y", List.of())),
                new Column.Label("y", Target.categorical("y", List.of("a|b", "c,d", "(e)", "", "f=g", AWKWARD))),
                new Column.Numeric("n", new CellFormat(List.of("?", "-", "a|b", "1,5", "(x)", AWKWARD), ',')),
                new Column.Bool("b", new CellFormat(List.of("\\N"), '.')),
                new Column.Categorical("c", 4096, new CellFormat(List.of("#N/A"), '.')),
                new Column.DateTime("d", Optional.empty(), new CellFormat(List.of("%"), '.')),
                new Column.DateTime("d", Optional.of(LocalDate.EPOCH), new CellFormat(List.of("?"), '.')),
                new Column.Weight("w", new CellFormat(List.of("?"), ',')),
                new Column.Label("y", Target.categorical("y", List.of("1")), true, new CellFormat(List.of("?"), '.')),
                new Column.Label("y", Target.numeric("y"), false, new CellFormat(List.of(), ',')),
                new Column.Numeric(AWKWARD));
        for (Column column : columns) {
            assertThat(Column.parse(column.toText())).isEqualTo(column);
            assertThat(column.toText()).doesNotContain("\n");
        }
    }

    @Test
    void lettersOfEveryLanguageStayLegible() {
        assertThat(new Column.Ignore("größe 城市").toText()).isEqualTo("größe%20城市=ignore");
        assertThat(new Column.Label("y", Target.categorical("y", List.of("Zürich", "São Paulo"))).toText())
                .isEqualTo("y=target(kind=categorical,classes=Zürich|São%20Paulo)");
        for (int c = 0; c <= Character.MAX_CODE_POINT; c += c < 0x3100 ? 1 : 97) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                String name = "a" + Character.toString(c) + "b";
                assertThat(Column.parse(new Column.Key(name).toText()).name()).isEqualTo(name);
            }
        }
    }

    @Test
    void readsWhatPeopleWrite() {
        assertThat(Column.parse("delay=ignore")).isEqualTo(new Column.Ignore("delay"));
        assertThat(Column.parse(" a = b=numeric")).isEqualTo(new Column.Numeric("a = b"));
        assertThat(Column.parse("100%=numeric")).isEqualTo(new Column.Numeric("100%"));
        assertThat(Column.parse("d=datetime(first_day = 2001-01-01)"))
                .isEqualTo(new Column.DateTime("d", Optional.of(LocalDate.of(2001, 1, 1))));
        assertThat(Column.parse("y=target")).isEqualTo(new Column.Label("y", Target.categorical("y", List.of())));
    }

    @Test
    void aNameIsTakenAsWrittenAndDecodedOnlyWhereThatIsFound() {
        Column written = Column.parseAsWritten("%FAT=ignore");
        assertThat(written).isEqualTo(new Column.Ignore("%FAT"));
        assertThat(written.namedAsIn(List.of("%FAT", "\uFFFDT"))).isEqualTo(written);
        Column escaped = Column.parseAsWritten("CO%28GT%29=numeric(missing=?)");
        assertThat(escaped.namedAsIn(List.of("CO(GT)")))
                .isEqualTo(new Column.Numeric("CO(GT)", new CellFormat(List.of("?"), '.')));
        assertThat(escaped.namedAsIn(List.of("CO%28GT%29", "CO(GT)"))).isEqualTo(escaped);
        assertThat(escaped.namedAsIn(List.of("a"))).isEqualTo(escaped);
    }

    @Test
    void textForPeopleHasNoEscapes() {
        assertThat(Column.parse("CO%28GT%29=numeric(missing=?|-,decimal=%2C)").toPlainText())
                .isEqualTo("CO(GT)=numeric(missing=?|-,decimal=,)");
        assertThat(new Column.Ignore("100%\n").toPlainText()).isEqualTo("100% =ignore");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "=numeric", "x=", "x=Numeric", "x=numeric(", "x=numeric()x"})
    void refusesWhatIsNoColumn(String text) {
        assertThatThrownBy(() -> Column.parse(text))
                .isInstanceOf(AccreteException.class)
                .hasMessageStartingWith("a column must be NAME=KIND or NAME=KIND(key=value,...)")
                .hasMessageEndingWith("but was '" + text + "'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "x=number;kind of column 'x' must be one of numeric, categorical, datetime, boolean, text, sparse, cross, weight, key, ignore, target but was 'number'",
                "x=numeric(width=3);column 'x' has no setting 'width' in 'x=numeric(width=3)'",
                "x=categorical(width=0);width of column 'x' must be a whole number >= 1 and <= 268435456 but was '0'",
                "x=categorical(width=a);width of column 'x' must be a whole number >= 1 and <= 268435456 but was 'a'",
                "x=datetime(first-day=1.1.2001);first-day of column 'x' must be a date yyyy-MM-dd but was '1.1.2001'",
                "x=numeric(decimal=1);decimal must be one character, no letter, digit, sign or blank, but was '1'",
                "x=numeric(decimal=%2C%2C);decimal must be one character but was ',,'",
                "x=ignore(missing=?);column 'x' has no setting 'missing' in 'x=ignore(missing=?)'",
                "y=target(labels=new);labels of target 'y' must be as-written, or left out, but was 'new'",
                "y=target(kind=ordinal);kind of target 'y' must be one of numeric, categorical but was 'ordinal'"
            })
    void saysWhatIsWrongWithASetting(String text, String message) {
        assertThatThrownBy(() -> Column.parse(text)).hasMessage(message);
    }

    @Test
    void refusesANegativeWidth() {
        assertThatThrownBy(() -> new Column.Categorical("c", -1)).hasMessage("width of 'c' must be >= 1 but was -1");
    }
}
