package io.logpipeline.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RejectedEventTest {
    private static final String[][] WAYS_TO_WRITE = {
        {"", ""},
        {"a", "\\u0061"},
        {"/", "\\/"},
        {"\\n", "\\u000A"},
        {"\\u001f", "\\u001F"},
        {"\\\\", "\\u005c"},
        {"\\\"", "\\u0022"},
        {"é", "\\u00E9"},
        {"😀", "\\ud83d\\uDE00"},
        {"\\ud83d", "\\uD83D"},
        {"\\uDE00", "\\ude00"},
    };

    private static String event(String userId, String event, String timestamp) {
        return "{\"user_id\":"
                + userId
                + ",\"event\":"
                + event
                + ",\"timestamp\":"
                + timestamp
                + "}";
    }

    private static String rejection(String body) {
        return Parsed.rejection(Parsed.json(body));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "1 | \"e\" | 1 | user_id: expected a string",
                "null | \"e\" | 1 | user_id: expected a string",
                "{\"a\":1} | \"e\" | 1 | user_id: expected a string",
                "\"\" | \"e\" | 1 | user_id: must not be empty",
                "\"a\\u0000\" | \"e\" | 1 | user_id: control characters are not allowed",
                "\"\\ud800\" | \"e\" | 1 | user_id: holds an unpaired surrogate",
                "\"1\" | 1 | 1 | event: expected a string",
                "\"1\" | true | 1 | event: expected a string",
                "\"1\" | [] | 1 | event: expected a string",
                "\"1\" | \"\" | 1 | event: must not be empty",
                "\"1\" | \"\\udc00\" | 1 | event: holds an unpaired surrogate",
                "\"1\" | \"e\" | \"1\" | timestamp: expected an integer",
                "\"1\" | \"e\" | null | timestamp: expected an integer",
                "\"1\" | \"e\" | [1] | timestamp: expected an integer",
                "\"1\" | \"e\" | 1.0 | timestamp: expected an integer",
                "\"1\" | \"e\" | 1e3 | timestamp: expected an integer",
                "\"1\" | \"e\" | 1E1000000000 | timestamp: expected an integer",
            },
            delimiter = '|')
    void aWrongFieldIsNamedWithItsReason(
            String userId, String event, String timestamp, String reason) {
        assertThat(rejection(event(userId, event, timestamp))).isEqualTo("line 1: " + reason);
    }

    @ParameterizedTest
    @CsvSource({
        "-1",
        "-1712345678000",
        "1712345678000000",
        "1712345678000000000",
        "99999999999999999999999999"
    })
    void aTimestampOutOfRangeIsRefusedWithTheRange(String timestamp) {
        assertThat(rejection(event("\"1\"", "\"e\"", timestamp)))
                .isEqualTo(
                        "line 1: timestamp: expected seconds since 1970-01-01 UTC, 0 to"
                                + " 253402300799");
    }

    @ParameterizedTest
    @CsvSource({"253402300800", "1712345678000", "253402300799999"})
    void aTimestampInMillisecondsIsRefusedWithAMessageThatSaysSo(String timestamp) {
        assertThat(rejection(event("\"1\"", "\"e\"", timestamp)))
                .isEqualTo(
                        "line 1: timestamp: expected seconds since 1970-01-01 UTC, this looks like"
                                + " milliseconds");
    }

    @Test
    void aMissingFieldIsNamed() {
        assertThat(rejection("{}")).isEqualTo("line 1: user_id: missing");
        assertThat(rejection("\n\n{\"user_id\":\"1\",\n\"timestamp\":1}"))
                .isEqualTo("line 3: event: missing");
        assertThat(rejection("{\"user_id\":\"1\",\"event\":\"e\"}"))
                .isEqualTo("line 1: timestamp: missing");
        assertThat(rejection("{\"x\":{\"user_id\":\"1\"},\"event\":\"e\",\"timestamp\":1}"))
                .isEqualTo("line 1: user_id: missing");
    }

    @Test
    void theLineIsTheOneOfTheValue() {
        assertThat(rejection("{\n\"user_id\":\"1\",\r\n\"timestamp\":\n1.5\n}"))
                .isEqualTo("line 4: timestamp: expected an integer");
    }

    @Test
    void anEventOfMoreThanSixtyFourKibibytesIsRefused() {
        String text = "\"" + "é".repeat(32 * 1024) + "x\"";
        assertThat(rejection(event("\"1\"", text, "1")))
                .isEqualTo("line 1: event: longer than 65536 bytes");
    }

    @Test
    void aDuplicateMemberIsRefusedAtEveryLevel() {
        assertThat(rejection("{\"user_id\":\"1\",\"user_id\":\"1\"}"))
                .isEqualTo("line 1: duplicate member \"user_id\"");
        assertThat(rejection(Parsed.eventWith("\"a\":1,\"\\u0061\":1")))
                .isEqualTo("line 1: duplicate member \"a\"");
        assertThat(rejection(Parsed.eventWith("\"x\":[{\"b\":{\"c\":1,\"d\":2,\"c\":3}}]")))
                .isEqualTo("line 1: duplicate member \"c\"");
    }

    @Test
    void theSameNameInDifferentObjectsIsNoDuplicate() {
        String event = Parsed.eventWith("\"a\":{\"a\":{\"a\":1}},\"b\":[{\"a\":1},{\"a\":1}]");
        assertThat(Parsed.stored(Parsed.json(event))).containsExactly(event);
    }

    @Test
    void aDuplicateAmongManyMembersIsRefusedWhereverItsFirstIs() {
        int count = 1_000;
        String members =
                IntStream.range(0, count)
                        .mapToObj(i -> "\"member-" + i + "\":{\"a\":" + i + "}")
                        .collect(Collectors.joining(","));
        assertThat(Parsed.events(Parsed.json(Parsed.eventWith(members)))).hasSize(1);
        for (int i = 0; i < count; i++) {
            String again = ",\"m\\u0065mber-" + i + "\":1";
            String name = "\"member-" + i + "\"";
            assertThat(rejection(Parsed.eventWith(members + again)))
                    .isEqualTo("line 1: duplicate member " + name);
            assertThat(rejection(Parsed.eventWith("\"o\":[{" + members + again + "}]")))
                    .isEqualTo("line 1: duplicate member " + name);
        }
    }

    @Test
    void aNameIsADuplicateInEveryWayToWriteIt() {
        for (int others : new int[] {0, 20}) {
            StringBuilder members = new StringBuilder();
            for (int i = 0; i < others; i++) {
                members.append("\"other").append(i).append("\":1,");
            }
            for (String[] ways : WAYS_TO_WRITE) {
                String first = members + "\"x" + ways[0] + "\":1,\"x" + ways[1] + "\":2";
                assertThat(rejection(Parsed.eventWith(first)))
                        .startsWith("line 1: duplicate member \"x");
            }
        }
    }

    @Test
    void namesThatOnlyBeginAlikeAreNoDuplicates() {
        String quotes =
                "\"\":1,\"a\":2,\"a\\\"\":3,\"a\\\"\\\"\":4,\"a\\\\\":5,\"\\\\ud800\":6,"
                        + "\"\\ud800\":7,\"a\\\\\\\"\":8,\"\\u0000\":9,\"\\u0000\\u0000\":10";
        String event = Parsed.eventWith(quotes);
        assertThat(Parsed.stored(Parsed.json(event))).containsExactly(event);
    }

    @Test
    void aNameInAMessageIsShortenedAndEscaped() {
        String name = "\\u001b[31m\\n\\ud800" + "x".repeat(100);
        assertThat(rejection(Parsed.eventWith("\"" + name + "\":1,\"" + name + "\":2")))
                .isEqualTo(
                        "line 1: duplicate member \"\\u001b[31m\\u000a\\ud800"
                                + "x".repeat(57)
                                + "...\"");
    }

    @Test
    void aThirtyThirdLevelIsRefused() {
        String arrays = Parsed.eventWith("\"n\":" + "[".repeat(32) + "]".repeat(32));
        String objects = Parsed.eventWith("\"n\":" + "{\"n\":".repeat(31) + "{}" + "}".repeat(31));
        assertThat(rejection(arrays)).isEqualTo("line 1: nested deeper than 32 levels");
        assertThat(rejection(objects)).isEqualTo("line 1: nested deeper than 32 levels");
        assertThat(rejection(Parsed.eventWith("\"n\":" + "[".repeat(500_000))))
                .isEqualTo("line 1: nested deeper than 32 levels");
    }
}
