package io.logpipeline.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MalformedBodyTest {
    private static final String EVENT = "{\"user_id\":\"1\",\"event\":\"e\",\"timestamp\":1}";

    private static String rejection(byte[] body) {
        String json = Parsed.rejection(EventParser.parse(body, body.length));
        assertThat(Parsed.rejection(EventParser.parseLines(body, body.length))).isEqualTo(json);
        return json;
    }

    @Test
    void anEmptyBodyIsRefused() {
        assertThat(rejection(new byte[0])).isEqualTo("the body is empty");
        assertThat(Parsed.rejection(Parsed.json(" \r\n\t"))).isEqualTo("the body is empty");
    }

    @Test
    void aByteOrderMarkIsRefused() {
        assertThat(rejection(("\uFEFF" + EVENT).getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("line 1, column 1: byte order mark");
    }

    @ParameterizedTest
    @CsvSource({"FF", "C0AF", "EDA080", "F4908080", "80", "C3", "F09F98"})
    void invalidUtf8IsRefusedWithItsOffset(String bytes) {
        byte[] prefix = "{\"é\":\"".getBytes(StandardCharsets.UTF_8);
        byte[] wrong = HexFormat.of().parseHex(bytes);
        byte[] body = new byte[prefix.length + wrong.length];
        System.arraycopy(prefix, 0, body, 0, prefix.length);
        System.arraycopy(wrong, 0, body, prefix.length, wrong.length);
        assertThat(rejection(body)).isEqualTo("invalid UTF-8 at byte offset 7");
    }

    @Test
    void everyTruncationIsRefused() {
        String body = Parsed.eventWith("\"x\":[1.5e3,true,false,null,{\"a\\n\":\"\\u0041é\"},-1]");
        for (int length = 1; length < body.length(); length++) {
            String cut = body.substring(0, length);
            assertThat(Parsed.rejection(Parsed.json(cut)))
                    .as(cut)
                    .isEqualTo("line 1, column " + (length + 1) + ": the JSON text ends too early");
            assertThat(Parsed.json("[" + cut)).isInstanceOf(ParseResult.Rejected.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"x", "{}", ",", "]", "}", "1", "\"a\"", "null", "\u0000", "\uFEFF", "/**/"})
    void textBehindTheValueIsRefused(String garbage) {
        assertThat(Parsed.rejection(Parsed.json(EVENT + garbage)))
                .endsWith(": unexpected text after the JSON value");
        assertThat(Parsed.rejection(Parsed.json("[" + EVENT + "]\n" + garbage)))
                .startsWith("line 2, column ")
                .endsWith(": unexpected text after the JSON value");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NaN",
                "Infinity",
                "-Infinity",
                "+1",
                "01",
                "-01",
                "1.",
                ".5",
                "1.e5",
                "1e",
                "1e+",
                "-",
                "0x1F",
                "1_000",
                "TRUE",
                "nul",
                "truefalse",
                "undefined",
                "'a'",
                "a",
                "\"\\x41\"",
                "\"\\u00g0\"",
                "\"\\u+041\"",
                "\"\\'\"",
                "[1,]",
                "[,1]",
                "[1,,2]",
                "[1 2]",
                "[1\"a\"]",
                "[1:2]",
                "[\"a\":1]",
                "[}",
                "{]",
                "{\"a\":1,}",
                "{,\"a\":1}",
                "{\"a\":1 \"b\":2}",
                "{\"a\":1,,\"b\":2}",
                "{\"a\" 1}",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\"::1}",
                "{a:1}",
                "{1:1}",
                "{null:1}",
                "/* c */ 1",
                "1 // c",
                "1\u00A0",
                ""
            })
    void whatIsNotJsonIsRefused(String value) {
        assertThat(Parsed.rejection(Parsed.json(Parsed.eventWith("\"x\":" + value + ",\"y\":1"))))
                .matches("line 1, column [0-9]+: unexpected character");
        assertThat(Parsed.rejection(Parsed.json(Parsed.eventWith("\"x\":[" + value + " ,1]"))))
                .matches("line 1, column [0-9]+: unexpected character");
    }

    @ParameterizedTest
    @CsvSource({"'[%s,]'", "'[,%s]'", "'[%s,,%s]'", "'[%s %s]'", "'[%s%s]'", "'[%s:1]'", "'[%s}'"})
    void anArrayOfEventsIsHeldToTheSameGrammar(String form) {
        assertThat(Parsed.rejection(Parsed.json(form.replace("%s", EVENT))))
                .matches("line 1, column [0-9]+: unexpected character");
    }

    @Test
    void theColumnIsWhereTheFirstWrongCharacterStands() {
        assertThat(Parsed.rejection(Parsed.json("{\n  \"user_id\": NaN}")))
                .isEqualTo("line 2, column 14: unexpected character");
    }

    @Test
    void aRawControlCharacterInAStringIsRefused() {
        assertThat(Parsed.rejection(Parsed.json("{\"user_id\":\"a\tb\"}")))
                .isEqualTo("line 1, column 14: unescaped control character");
        assertThat(Parsed.rejection(Parsed.json("{\"a\nb\":1}")))
                .isEqualTo("line 1, column 4: unescaped control character");
    }

    @Test
    void nothingOfThePayloadIsShown() {
        assertThat(Parsed.rejection(Parsed.json("{\"user_id\":\"1\",\"event\":secret}")))
                .doesNotContain("secret");
        assertThat(Parsed.rejection(Parsed.json("{\"user_id\":\"sec\u0001ret\"}")))
                .doesNotContain("sec", "ret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "\"a\"", "null", "true"})
    void aRootThatIsNoObjectIsRefused(String root) {
        assertThat(Parsed.rejection(Parsed.json(root)))
                .isEqualTo("line 1: expected an object or an array of objects");
        assertThat(Parsed.rejection(Parsed.lines(root))).isEqualTo("line 1: expected an object");
    }
}
