package io.logpipeline.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTest {
    private static final String A = "{\"user_id\":\"a\",\"event\":\"e\",\"timestamp\":1}";
    private static final String B = "{\"user_id\":\"b\",\"event\":\"e\",\"timestamp\":86400}";

    @Test
    void anArrayKeepsItsOrder() {
        ParseResult result = Parsed.json(" [ " + A + " ,\n " + B + "," + A + " ] ");
        assertThat(Parsed.stored(result)).containsExactly(A, B, A);
        assertThat(Parsed.events(result))
                .extracting(LogEvent::userDay)
                .containsExactly(new UserDay("a", 0), new UserDay("b", 1), new UserDay("a", 0));
    }

    @Test
    void linesKeepTheirOrderWhateverEndsThem() {
        assertThat(Parsed.stored(Parsed.lines(A + "\n" + B))).containsExactly(A, B);
        assertThat(Parsed.stored(Parsed.lines(A + "\r\n" + B + "\r\n"))).containsExactly(A, B);
        assertThat(Parsed.stored(Parsed.lines("\n \n" + A + "\n\r\n\t\n" + B + "\n\n")))
                .containsExactly(A, B);
    }

    @Test
    void anEmptyBatchIsRefused() {
        assertThat(Parsed.rejection(Parsed.json("[]"))).isEqualTo("the batch holds no event");
        assertThat(Parsed.rejection(Parsed.json(" [ ] "))).isEqualTo("the batch holds no event");
        assertThat(Parsed.rejection(Parsed.lines("\n \r\n\t\n")))
                .isEqualTo("the batch holds no event");
    }

    @Test
    void oneWrongEventRefusesTheArrayAndIsNumbered() {
        assertThat(Parsed.rejection(Parsed.json("[" + A + ",{\"timestamp\":1.5}]")))
                .isEqualTo("line 1: event 2: timestamp: expected an integer");
        assertThat(Parsed.rejection(Parsed.json("[\n" + A + ",\n" + B + ",\n{}\n]")))
                .isEqualTo("line 4: event 3: user_id: missing");
        assertThat(Parsed.rejection(Parsed.json("[" + A + ",1]")))
                .isEqualTo("line 1: event 2: expected an object");
        assertThat(Parsed.rejection(Parsed.json("[[" + A + "]]")))
                .isEqualTo("line 1: event 1: expected an object");
    }

    @Test
    void oneWrongLineRefusesTheBodyAndIsNumberedAsInTheBody() {
        assertThat(Parsed.rejection(Parsed.lines(A + "\r\n\n{\"timestamp\":true}\n" + A)))
                .isEqualTo("line 3: timestamp: expected an integer");
        assertThat(Parsed.rejection(Parsed.lines(A + "\n" + A + "," + B)))
                .isEqualTo("line 2, column 42: unexpected text after the JSON value");
        assertThat(Parsed.rejection(Parsed.lines(A + "\n{\"user_id\":\n\"a\"}")))
                .isEqualTo("line 2, column 12: the JSON text ends too early");
        assertThat(Parsed.rejection(Parsed.lines(A + "\n[" + A + "]")))
                .isEqualTo("line 2: expected an object");
        assertThat(Parsed.rejection(Parsed.lines(" 5\n" + A)))
                .isEqualTo("line 1: expected an object");
        assertThat(Parsed.rejection(Parsed.lines(A + "\r" + B)))
                .endsWith("unexpected text after the JSON value");
        assertThat(Parsed.rejection(Parsed.lines(A + "\n\uFEFF" + B)))
                .isEqualTo("line 2, column 1: unexpected character");
    }

    @Test
    void aNameMayComeAgainInTheNextEvent() {
        List<String> many = Collections.nCopies(1_000, A);
        assertThat(Parsed.stored(Parsed.json("[" + String.join(",", many) + "]"))).isEqualTo(many);
        assertThat(Parsed.stored(Parsed.lines(String.join("\n", many)))).isEqualTo(many);
    }

    @Test
    void oneWideEventDoesNotSlowTheOnesBehindIt() {
        StringBuilder members = new StringBuilder("\"m\":0");
        for (int i = 0; i < 200_000; i++) {
            members.append(",\"m").append(i).append("\":0");
        }
        String body =
                Parsed.eventWith(members.toString())
                        + "\n"
                        + String.join("\n", Collections.nCopies(100_000, A));
        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThat(Parsed.events(Parsed.lines(body))).hasSize(100_001));
    }

    @Test
    void theFirstByteThatIsNotWhitespaceTellsABatch() {
        assertThat(opensArray(" \r\n\t[")).isTrue();
        assertThat(opensArray("{[")).isFalse();
        assertThat(opensArray("  ")).isFalse();
        assertThat(EventParser.opensArray(new byte[] {' ', '['}, 1)).isFalse();
    }

    private static boolean opensArray(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return EventParser.opensArray(bytes, bytes.length);
    }
}
