package io.logpipeline.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredLineTest {
    private static final String DOCUMENTED =
            "{\"user_id\":\"123\",\"event\":\"clicked_button\",\"timestamp\":1712345678}";

    @Test
    void theDocumentedEventIsStoredByteForByte() {
        LogEvent event = Parsed.events(Parsed.json(DOCUMENTED)).getFirst();
        assertThat(Parsed.line(event)).isEqualTo(DOCUMENTED);
        assertThat(event.userDay()).isEqualTo(new UserDay("123", 19818));
    }

    @Test
    void whitespaceGoesAndMemberOrderStays() {
        String body =
                " \r\n{ \"timestamp\" : 1712345678 ,\n\t\"x\" : [ 1 , { \"a\" : null } , [ ] ] ,"
                        + " \"event\" : \" a  b \" , \"y\":{ }, \"user_id\" : \"123\" }\n ";
        assertThat(Parsed.stored(Parsed.json(body)))
                .containsExactly(
                        "{\"timestamp\":1712345678,\"x\":[1,{\"a\":null},[]],\"event\":\" a  b \","
                                + "\"y\":{},\"user_id\":\"123\"}");
    }

    @Test
    void onlyTheLengthGivenIsRead() {
        byte[] bytes = (DOCUMENTED + "garbage").getBytes(StandardCharsets.UTF_8);
        assertThat(Parsed.stored(EventParser.parse(bytes, DOCUMENTED.length())))
                .containsExactly(DOCUMENTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "-0.0",
                "9007199254740993",
                "123456789012345678901234567890",
                "1.10",
                "1E5",
                "1e+05",
                "0.1e-7",
                "1e1000000000",
                "-1E-1000000000",
                "3.14159265358979323846264338327950288419716939937510"
            })
    void aNumberKeepsItsVeryCharacters(String number) {
        String event = Parsed.eventWith("\"n\":" + number);
        assertThat(Parsed.stored(Parsed.json(event))).containsExactly(event);
        String inArray = Parsed.eventWith("\"n\":[" + number + "]");
        assertThat(Parsed.stored(Parsed.json(inArray))).containsExactly(inArray);
    }

    @Test
    void aNumberOfAMillionDigitsCostsItsLengthOnly() {
        String event = Parsed.eventWith("\"n\":" + "9".repeat(1_000_000));
        assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> assertThat(Parsed.stored(Parsed.json(event))).containsExactly(event));
    }

    @Test
    void aStringOfAMebibyteCostsItsLengthOnly() {
        String plain = Parsed.eventWith("\"s\":\"" + "x".repeat(1 << 20) + "\"");
        String escaped = Parsed.eventWith("\"s\":\"" + "\\n\\u0001é".repeat(1 << 17) + "\"");
        assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> {
                    assertThat(Parsed.stored(Parsed.json(plain))).containsExactly(plain);
                    assertThat(Parsed.stored(Parsed.json(escaped))).containsExactly(escaped);
                });
    }

    @Test
    void aHundredThousandMembersAreKept() {
        StringBuilder members = new StringBuilder("\"m0\":0");
        for (int i = 1; i < 100_000; i++) {
            members.append(",\"m").append(i).append("\":").append(i);
        }
        String event = Parsed.eventWith(members.toString());
        assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> assertThat(Parsed.stored(Parsed.json(event))).containsExactly(event));
    }

    @Test
    void onlyWhatMustBeIsEscaped() {
        String body = Parsed.eventWith("\"s\":\"\\u0041\\/\\u00e9\\ud83d\\ude00\\u007f\\u2028\"");
        assertThat(Parsed.stored(Parsed.json(body)))
                .containsExactly(Parsed.eventWith("\"s\":\"A/é😀\u007f\u2028\""));
    }

    @Test
    void controlCharactersTakeTheirShortFormWhereThereIsOne() {
        String body =
                Parsed.eventWith(
                        "\"s\":\"\\u0008\\u000c\\u000A\\u000d\\u0009\\u0000\\u001F\\u0022\\u005c\"");
        assertThat(Parsed.stored(Parsed.json(body)))
                .containsExactly(
                        Parsed.eventWith("\"s\":\"\\b\\f\\n\\r\\t\\u0000\\u001f\\\"\\\\\""));
    }

    @Test
    void anUnpairedSurrogateInAnotherMemberStaysAnEscape() {
        String body = Parsed.eventWith("\"a\\udc00\":\"\\ud800x\\ud800\\ud83d\\ude00\\ud800\"");
        assertThat(Parsed.stored(Parsed.json(body)))
                .containsExactly(Parsed.eventWith("\"a\\udc00\":\"\\ud800x\\ud800😀\\ud800\""));
    }

    @Test
    void aLineNeverHoldsALineBreak() {
        String body = Parsed.eventWith("\"a\\nb\":\"\\r\\n\",\n\"c\":\n[\n1\n]\n");
        assertThat(Parsed.stored(Parsed.json(body)).getFirst()).doesNotContain("\n", "\r");
    }

    @Test
    void literalsAreKept() {
        String event =
                Parsed.eventWith("\"a\":true,\"b\":false,\"c\":null,\"d\":[true,false,null]");
        assertThat(Parsed.stored(Parsed.json(event))).containsExactly(event);
    }

    @Test
    void thirtyTwoLevelsAreKept() {
        String nested = "[".repeat(31) + "]".repeat(31);
        String event = Parsed.eventWith("\"n\":" + nested);
        assertThat(Parsed.stored(Parsed.json(event))).containsExactly(event);
        assertThat(Parsed.stored(Parsed.json("[" + event + "]"))).containsExactly(event);
    }

    @Test
    void theEventMayTakeSixtyFourKibibytes() {
        String event =
                "{\"user_id\":\"1\",\"event\":\"" + "é".repeat(32 * 1024) + "\",\"timestamp\":1}";
        assertThat(Parsed.stored(Parsed.json(event))).containsExactly(event);
    }

    @Test
    void theTimestampMayBeAtEitherEndOfItsRange() {
        String event = "{\"user_id\":\"1\",\"event\":\"e\",\"timestamp\":%s}";
        for (String timestamp : new String[] {"0", "-0", "253402300799"}) {
            String body = event.formatted(timestamp);
            assertThat(Parsed.stored(Parsed.json(body))).containsExactly(body);
        }
    }
}
