package io.logpipeline.api;

import static io.logpipeline.api.ApiServer.EVENT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chunks are read as RFC 9112 has them: what it allows is taken, and nothing else. */
class ChunksTest {
    private static final String HEAD =
            "POST /log HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String SIZE = Integer.toHexString(EVENT.length());
    private static final String CHUNK = SIZE + "\r\n" + EVENT + "\r\n";
    private static final String NEXT =
            "POST /log HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: "
                    + EVENT.length()
                    + "\r\n\r\n"
                    + EVENT;

    private final ApiServer server = new ApiServer();

    @AfterEach
    void stop() {
        server.close();
    }

    private void assertTaken(String chunks) throws IOException {
        String answers = server.exchange(HEAD + chunks + NEXT);
        assertThat(ApiServer.statusLines(answers))
                .containsExactly("HTTP/1.1 200 OK", "HTTP/1.1 200 OK");
        assertThat(server.pushes.lines()).containsExactly(EVENT, EVENT);
    }

    private void assertRefused(String chunks) throws IOException {
        String answers = server.exchange(HEAD + chunks + NEXT);
        assertThat(ApiServer.statusLines(answers)).containsExactly("HTTP/1.1 400 Bad Request");
        assertThat(answers).contains("Connection: close");
        assertThat(server.pushes.lines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {";a", ";a=b", ";a=\"b c\"", " ; a = b", "\t;a"})
    void extensionsAreIgnored(String extension) throws Exception {
        assertTaken(CHUNK.replaceFirst("\r", extension + "\r") + "0" + extension + "\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"X: y\r\n", "X:\r\nContent-Length: 5\r\nHost: b\r\n"})
    void trailersAreIgnored(String trailers) throws Exception {
        assertTaken(CHUNK + "0\r\n" + trailers + "\r\n");
    }

    @Test
    void aSizeMayHaveZerosInFrontAndCapitals() throws Exception {
        assertTaken("000" + CHUNK.replace(SIZE, SIZE.toUpperCase()) + "0000\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"XX", "\n\n", "\r\r", "\n\r", "0\r\n"})
    void aChunkEndsWithItsLineBreak(String end) throws Exception {
        assertRefused(SIZE + "\r\n" + EVENT + end + "0\r\n\r\n");
    }

    @Test
    void aChunkIsAsLongAsItSays() throws Exception {
        assertRefused(SIZE + "\r\n" + EVENT + " \r\n0\r\n\r\n");
        assertRefused(SIZE + "\r\n" + EVENT.substring(1) + "\r\n0\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"+", "-", "0x", " ", "_", "\u0661", "00000000000000000"})
    void aSizeHasDigitsAlone(String before) throws Exception {
        assertRefused(before + CHUNK + "0\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "x", " a=b", ",a", "\0", "L"})
    void behindASizeThereAreExtensionsAlone(String behind) throws Exception {
        assertRefused(CHUNK.replaceFirst("\r", behind + "\r") + "0\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n", ": y\r\n", "a b: c\r\n", " x: y\r\n"})
    void aTrailerHasAName(String trailers) throws Exception {
        assertRefused(CHUNK + "0\r\n" + trailers + "\r\n");
    }

    @Test
    void extensionsAndTrailersHaveABound() throws Exception {
        String extension = ";" + "x".repeat(3_000);
        assertRefused(("1" + extension + "\r\n \r\n").repeat(6) + CHUNK + "0\r\n\r\n");
        assertRefused(CHUNK + "0\r\n" + ("X: " + extension + "\r\n").repeat(6) + "\r\n");
        assertRefused(SIZE + ";" + "x".repeat(100_000) + "\r\n");
    }

    @Test
    void theBoundIsARequestsOwn() throws Exception {
        String extended = CHUNK.replaceFirst("\r", ";" + "x".repeat(3_000) + "\r");
        String request = HEAD + extended + "0\r\n\r\n";
        String answers = server.exchange(request.repeat(10) + NEXT);
        assertThat(ApiServer.statusLines(answers))
                .hasSize(11)
                .allMatch(line -> line.equals("HTTP/1.1 200 OK"));
    }
}
