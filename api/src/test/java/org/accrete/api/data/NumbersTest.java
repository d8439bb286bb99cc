package org.accrete.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code -Daccrete.decimals=N} compares N random decimals instead of a few hundred thousand. */
class NumbersTest {
    private static final int DECIMALS = Integer.getInteger("accrete.decimals", 100_000);

    private static double parse(String text) {
        byte[] padded = ("x" + text + "9").getBytes(StandardCharsets.UTF_8);
        return Numbers.parse(padded, 1, padded.length - 1);
    }

    private static void assertLikeTheJdk(String text) {
        double found = parse(text);
        double wanted = Double.parseDouble(text);
        if (Double.doubleToRawLongBits(found) != Double.doubleToRawLongBits(wanted)) {
            fail("'%s' must be %s but was %s", text, wanted, found);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "+0",
                "0.0",
                "-0.0e7",
                "1",
                "-1",
                "+1",
                "007",
                "1.",
                ".5",
                "-.5",
                "1e3",
                "1E3",
                "1e+3",
                "1e-3",
                "9007199254740992",
                "9007199254740993",
                "9007199254740991e22",
                "9007199254740993e22",
                "1e22",
                "1e23",
                "1e-22",
                "1e-23",
                "123456789012345678",
                "1234567890123456789",
                "0.1234567890123456789012345",
                "4.9e-324",
                "2.4e-324",
                "1.7976931348623157e308",
                "0.000000000000000000000000000001",
                "100000000000000000000000000000",
                "0e999999999",
                "1e-999999999",
                "0.30000000000000004",
                "2.2250738585072014e-308",
                "2.2250738585072011e-308",
                "179769313486231570e291"
            })
    void readsTheNumberTheJdkReads(String text) {
        assertLikeTheJdk(text);
    }

    @Test
    void readsRandomDecimalsBitForBitAsTheJdkDoes() {
        Random random = Seeds.random(NumbersTest.class);
        for (int i = 0; i < DECIMALS; i++) {
            assertLikeTheJdk(decimal(random));
        }
    }

    /** {@return a decimal of one of several kinds, each of which is hard in another way} */
    private static String decimal(Random random) {
        String sign = random.nextBoolean() ? "-" : "";
        return sign
                + switch (random.nextInt(6)) {
                    // Any number of digits and any power.
                    case 0 -> {
                        BigInteger digits = new BigInteger(1 + random.nextInt(70), random);
                        BigDecimal any = new BigDecimal(digits, random.nextInt(60) - 25);
                        yield random.nextBoolean() ? any.toPlainString() : any.toString();
                    }
                    // Exactly between two neighbours, and a little beside that.
                    case 1 -> {
                        double value = Math.abs(Double.longBitsToDouble(random.nextLong()));
                        BigDecimal low = new BigDecimal(Double.isFinite(value) ? value : 1.0);
                        BigDecimal middle =
                                low.add(new BigDecimal(Math.ulp(low.doubleValue())).divide(BigDecimal.valueOf(2)));
                        BigDecimal beside = BigDecimal.ONE.movePointLeft(middle.scale() + 1 + random.nextInt(3));
                        yield (switch (random.nextInt(3)) {
                                    case 0 -> middle;
                                    case 1 -> middle.add(beside);
                                    default -> middle.subtract(beside);
                                })
                                .toString();
                    }
                    // What the JDK prints, at all scales and near 1.
                    case 2 -> {
                        double value = Math.abs(Double.longBitsToDouble(random.nextLong()));
                        yield Double.toString(Double.isFinite(value) ? value : random.nextDouble());
                    }
                    case 3 -> Double.toString(random.nextDouble());
                    // Up to twenty digits with a point anywhere, as in most files; whole numbers around 2^53.
                    case 4 -> {
                        StringBuilder text = new StringBuilder();
                        int length = 1 + random.nextInt(20);
                        int point = random.nextInt(length + 1);
                        for (int i = 0; i < length; i++) {
                            text.append(i == point ? "." : "").append((char) ('0' + random.nextInt(10)));
                        }
                        yield text.toString();
                    }
                    default ->
                        (1L << 53)
                                + random.nextInt(2_000)
                                - 1_000
                                + "0".repeat(random.nextInt(4))
                                + (random.nextBoolean() ? "e" + (random.nextInt(60) - 30) : "");
                };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "-", "+", ".", "-.", "e", "1e", "1e+", "e5", "1.2.3", "1,2", "1 2", "--1", "1-", "0x10", "1d", "1f",
                "1L", "1_000", "NaN", "-NaN", "abc", "١", "1e5.0", "1e5e5", ".inf", "infin"
            })
    void takesNothingElseForANumber(String text) {
        assertThat(parse(text)).isNaN();
    }

    @ParameterizedTest
    @ValueSource(strings = {"inf", "Infinity", "INF", "+inf", "1e309", "1e99999999999"})
    void tellsWhatIsInfinite(String text) {
        assertThat(parse(text)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(parse("-" + text.replace("+", ""))).isEqualTo(Double.NEGATIVE_INFINITY);
    }
}
