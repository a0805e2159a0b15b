package io.logpipeline.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The outline of a body never says less than what the parser makes of it. */
class BodyOutlineTest {
    private static BodyOutline outline(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return BodyOutline.of(bytes, bytes.length);
    }

    @Test
    void itSeesTheEventsThatTheParserSees() {
        RandomEvents random = new RandomEvents(7);
        StringBuilder array = new StringBuilder("[");
        int longest = 0;
        for (int events = 1; events <= 200; events++) {
            String event = random.event();
            int bytes = event.strip().getBytes(StandardCharsets.UTF_8).length;
            longest = Math.max(longest, bytes);
            array.append(events == 1 ? "" : ",\n").append(event);

            byte[] line = Parsed.events(Parsed.json(event)).getFirst().line();
            assertThat(line.length).isLessThanOrEqualTo(bytes);
            assertThat(outline(event)).isEqualTo(new BodyOutline(1, bytes));
            assertThat(outline(array + "]")).isEqualTo(new BodyOutline(events, longest));
        }
    }

    @Test
    void whatDoesNotEndCounts() {
        assertThat(outline("{}\n{\"a\":")).isEqualTo(new BodyOutline(2, 5));
        assertThat(outline("{\"a\\")).isEqualTo(new BodyOutline(1, 4));
        assertThat(outline("{{{{")).isEqualTo(new BodyOutline(1, 4));
        assertThat(outline("\"{")).isEqualTo(new BodyOutline(0, 0));
    }

    @Test
    void onlyTheLengthGivenIsRead() {
        byte[] bytes = "{}{\"".getBytes(StandardCharsets.US_ASCII);
        assertThat(BodyOutline.of(bytes, 2)).isEqualTo(new BodyOutline(1, 2));
    }
}
