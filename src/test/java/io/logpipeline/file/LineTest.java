package io.logpipeline.file;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
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
    void aByteThatWouldTearTheFileIsSeenWhereverItStandsAndNoOtherIsTakenForOne() {
        for (int length = 1; length <= 25; length++) {
            for (int at = 0; at < length; at++) {
                for (int value = 0; value < 256; value++) {
                    byte[] element =
                            " ~\u0080\u00ff".repeat(7).substring(0, length).getBytes(ISO_8859_1);
                    element[at] = (byte) value;

                    boolean same = Line.of(element) == element;

                    assertThat(same)
                            .as("%d at %d of %d", value, at, length)
                            .isEqualTo(value != 0 && value != '\n' && value != '\r');
                }
            }
        }
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
