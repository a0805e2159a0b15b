package io.logpipeline.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StoredLinePropertyTest {
    private static final int EVENTS = 1_000;
    private final long seed = new Random().nextLong();
    private final RandomEvents random = new RandomEvents(seed);

    /**
     * Every token with its value, numbers as their very characters: nothing is compared rounded.
     */
    private static List<String> tokens(byte[] json) throws IOException {
        List<String> tokens = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            JsonToken token;
            while ((token = parser.nextToken()) != null) {
                tokens.add(token + " " + parser.getText());
            }
        }
        return tokens;
    }

    @Test
    void aStoredEventSaysWhatTheReceivedOneSaid() throws IOException {
        for (int i = 0; i < EVENTS; i++) {
            String body = random.event();
            byte[] received = body.getBytes(StandardCharsets.UTF_8);
            ParseResult result = EventParser.parse(received, received.length);
            assertThat(result)
                    .as("seed %d, event %d: %s", seed, i, body)
                    .isInstanceOf(ParseResult.Accepted.class);
            byte[] stored = Parsed.events(result).getFirst().line();
            assertThat(tokens(stored)).as("seed %d, event %d", seed, i).isEqualTo(tokens(received));
            assertThat(stored).as("seed %d, event %d", seed, i).doesNotContain('\n', '\r');
            assertThat(stored.length).isLessThanOrEqualTo(received.length);
        }
    }

    @Test
    void aStoredLineIsStoredAgainByteForByte() {
        for (int i = 0; i < EVENTS; i++) {
            String once = Parsed.stored(Parsed.json(random.event())).getFirst();
            assertThat(Parsed.stored(Parsed.json(once))).as("seed %d", seed).containsExactly(once);
        }
    }

    @Test
    void arrayAndLinesStoreTheSame() {
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            bodies.add(random.event());
        }
        List<String> single =
                bodies.stream().map(b -> Parsed.stored(Parsed.json(b)).getFirst()).toList();
        assertThat(Parsed.stored(Parsed.json("[" + String.join(",", bodies) + "]")))
                .as("seed %d", seed)
                .isEqualTo(single);
        assertThat(Parsed.stored(Parsed.lines(String.join("\r\n", bodies))))
                .as("seed %d", seed)
                .isEqualTo(single);
    }
}
