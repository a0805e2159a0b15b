package io.logpipeline.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class LineTest {
    private static String line(String element) {
        return new String(Line.of(element.getBytes(UTF_8)), UTF_8);
    }

    @Test
    void anElementWithoutLineBreakIsItsOwnLine() {
        byte[] element = "{\"user_id\":\"ü\",\"event\":\"a\\nb\"}\t\"\\".getBytes(UTF_8);

        assertThat(Line.of(element)).isSameAs(element);
    }

    @Test
    void bytesThatAreNoUtf8StayAsTheyAre() {
        byte[] element = {(byte) 0xFF, (byte) 0xC0, 1, 0x7F, (byte) 0x80};

        assertThat(Line.of(element)).isEqualTo(element);
    }

    @Test
    void anEmptyElementIsAnEmptyLine() {
        assertThat(line("")).isEmpty();
    }

    @Test
    void aLineFeedMakesTheElementOneJsonString() {
        assertThat(line("a\nb")).isEqualTo("\"a\\nb\"");
    }

    @Test
    void aCarriageReturnMakesTheElementOneJsonString() {
        assertThat(line("a\rb")).isEqualTo("\"a\\rb\"");
    }

    @Test
    void aNulMakesTheElementOneJsonString() {
        assertThat(line("a\0b")).isEqualTo("\"a\\u0000b\"");
    }

    @Test
    void theJsonStringReadsBackAsTheElement() throws IOException {
        StringBuilder everything = new StringBuilder("\n");
        for (char c = 0; c < 0x180; c++) {
            everything.append(c);
        }
        everything.append("\uD83D\uDE00\u2028\"\\\r");
        ObjectMapper json = new ObjectMapper();

        String line = line(everything.toString());

        assertThat(line).doesNotContain("\n", "\r", "\0");
        assertThat(json.readValue(line, String.class)).isEqualTo(everything.toString());
    }
}
