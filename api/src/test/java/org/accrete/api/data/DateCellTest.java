package org.accrete.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DateCellTest {
    private static final Schema CYCLES = new Schema(List.of(new Block("d", Block.Kind.CYCLE, 6)), Target.none());

    private static boolean read(DateCell date, String text) {
        byte[] padded = ("1" + text + "1").getBytes(StandardCharsets.UTF_8);
        return date.read(padded, 1, padded.length - 1);
    }

    private static double[] cycles(DateCell date) {
        ChunkBuffer buffer = new ChunkBuffer(CYCLES, 1);
        buffer.beginRow();
        date.putCycles(buffer, 0);
        buffer.endRow();
        return ((DenseChunk) buffer.chunk()).values().clone();
    }

    @Test
    void everyDayHasTheNumberAndTheCyclesTheJdkGivesIt() {
        DateCell date = new DateCell();
        for (int year :
                new int[] {0, 1, 4, 100, 400, 1582, 1899, 1900, 1969, 1970, 1999, 2000, 2001, 2004, 2100, 9999}) {
            LocalDate day = LocalDate.of(year, 1, 1);
            for (int i = 0; i < day.lengthOfYear(); i++) {
                LocalDate each = day.plusDays(i);
                assertThat(read(date, each.toString())).as("%s", each).isTrue();
                assertThat(date.epochDay()).as("%s", each).isEqualTo((int) each.toEpochDay());
                double[] cycles = cycles(date);
                double week = 2 * Math.PI * (each.getDayOfWeek().getValue() - 1) / 7;
                double turn = 2 * Math.PI * (each.getDayOfYear() - 1) / each.lengthOfYear();
                assertThat(cycles)
                        .as("%s", each)
                        .containsExactly(
                                new double[] {0, 1, Math.sin(week), Math.cos(week), Math.sin(turn), Math.cos(turn)},
                                within(1e-15));
            }
        }
    }

    @Test
    void timesCountAsTheJdkCountsThem() {
        Random random = Seeds.random(DateCellTest.class);
        DateCell date = new DateCell();
        for (int i = 0; i < 20_000; i++) {
            LocalDateTime time = LocalDateTime.ofEpochSecond(random.nextInt(Integer.MAX_VALUE), 0, ZoneOffset.UTC);
            String text = time.toString().replace('T', random.nextBoolean() ? 'T' : ' ');
            assertThat(read(date, text)).as(text).isTrue();
            assertThat(date.daysSince(0))
                    .as(text)
                    .isCloseTo(time.toEpochSecond(ZoneOffset.UTC) / 86_400.0, within(1e-10));
            double angle = 2 * Math.PI * (time.getHour() * 60 + time.getMinute()) / 1440;
            assertThat(cycles(date)[0]).as(text).isCloseTo(Math.sin(angle), within(1e-15));
            assertThat(cycles(date)[1]).as(text).isCloseTo(Math.cos(angle), within(1e-15));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2001-02-03 04:05",
                "2001-02-03T04:05",
                "2001-02-03 04:05:06",
                "2001-02-03T04:05:06Z",
                "2001-02-03T04:05Z",
                "2001-02-03 04:05:06.789",
                "2001-02-03T04:05:06.1Z"
            })
    void readsDatesWithTimes(String text) {
        DateCell date = new DateCell();
        assertThat(read(date, text)).isTrue();
        assertThat(date.daysSince(date.epochDay()) * 24).isCloseTo(4 + 5 / 60.0, within(0.01));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2001",
                "2001-1-1",
                "2001-13-01",
                "2001-00-01",
                "2001-01-00",
                "2001-01-32",
                "2001-02-29",
                "1900-02-29",
                "2001-04-31",
                "20a1-01-01",
                "2a01-01-01",
                "2001/01/01",
                "01-01-2001",
                "2001-01-01x",
                "2001-01-01 ",
                "2001-01-01 24:00",
                "2001-01-01 12:60",
                "2001-01-01 12:00:60",
                "2001-01-01 12:00:",
                "2001-01-01 12:00:00.",
                "2001-01-01 12:00:00.x",
                "2001-01-01 12:00+02:00",
                "2001-01-01 1:00",
                "2001-01-01 12:0",
                "2001-01-01_12:00",
                "2001-01-01 12:00:00Zx",
                "+2001-01-01"
            })
    void takesNothingElseForADate(String text) {
        assertThat(read(new DateCell(), text)).isFalse();
    }

    /** A number of seconds is the date and time that its text is. */
    @Test
    void secondsAreTheDateTheyStandFor() {
        Random random = Seeds.random(DateCellTest.class);
        DateCell bySeconds = new DateCell();
        DateCell byText = new DateCell();
        for (int i = 0; i < 100_000; i++) {
            // From the first second of year 0 to the last of year 9999.
            long seconds = i == 0
                    ? -62_167_219_200L
                    : i == 1 ? 253_402_300_799L : (long) (random.nextDouble() * 315_569_520_000L) - 62_167_219_200L;
            String text =
                    LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC).toString();
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            assertThat(byText.read(bytes, 0, bytes.length)).isTrue();
            assertThat(bySeconds.set(seconds)).isTrue();
            assertThat(bySeconds.daysSince(11_323)).as(text).isEqualTo(byText.daysSince(11_323));
            if (i % 100 == 0) {
                assertThat(cycles(bySeconds)).as(text).isEqualTo(cycles(byText));
            }
        }
        assertThat(bySeconds.set(253_402_300_800L)).isFalse();
        assertThat(bySeconds.set(-62_167_219_201L)).isFalse();
        assertThat(bySeconds.set(Long.MAX_VALUE)).isFalse();
    }
}
