package io.logpipeline.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorShapeTest {
    private static final String NOT_FOUND =
            "{\"error\":\"Not found\",\"details\":\"nothing is served at this path\"}";

    private final ApiServer server = new ApiServer();

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH", "OPTIONS", "FROBNICATE"})
    void anotherMethodIsNotAllowed(String method) throws Exception {
        HttpResponse<String> response =
                server.send(
                        server.request("/log")
                                .method(method, BodyPublishers.ofString(ApiServer.EVENT))
                                .build());
        ApiServer.assertError(response, 405, "Method not allowed", "this path takes POST");
        assertThat(response.headers().firstValue("Allow")).contains("POST");
        assertThat(server.telemetry.outcomes()).isEmpty();
    }

    @Test
    void headIsAnsweredWithoutABodyAndTheConnectionGoesOn() throws Exception {
        String answer =
                server.exchange(
                        "HEAD /log HTTP/1.1\r\nHost: a\r\n\r\n"
                                + "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assertThat(ApiServer.statusLines(answer))
                .containsExactly("HTTP/1.1 405 Method Not Allowed", "HTTP/1.1 404 Not Found");
        assertThat(answer).containsOnlyOnce("\"error\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nowhere", "/", "/log/x", "/openapi.json"})
    void headOfAnotherPathIsAnsweredWithoutABodyToo(String path) throws Exception {
        String answer =
                server.exchange(
                        "HEAD "
                                + path
                                + " HTTP/1.1\r\nHost: a\r\n\r\n"
                                + "PUT /log HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                                + "Content-Length: 0\r\n\r\n");
        assertThat(ApiServer.statusLines(answer))
                .containsExactly("HTTP/1.1 404 Not Found", "HTTP/1.1 405 Method Not Allowed");
        assertThat(answer).containsOnlyOnce("\"error\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/log/x", "/log/", "/logs", "/Log", "/lo", "/log/x/y"})
    void anotherPathIsNotFound(String path) throws Exception {
        HttpResponse<String> posted =
                server.send(
                        server.request(path)
                                .POST(BodyPublishers.ofString(ApiServer.EVENT))
                                .build());
        ApiServer.assertError(posted, 404, "Not found", "nothing is served at this path");
        HttpResponse<String> got = server.send(server.request(path).GET().build());
        ApiServer.assertError(got, 404, "Not found", "nothing is served at this path");
        assertThat(server.pushes.lines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//log",
                "///log",
                "/log//",
                "/log;a=b",
                "/log;",
                "/;a/log",
                "/./log",
                "/a/../log",
                "/log/.",
                "/log%2F",
                "/%2Flog",
                "/%6Cog",
                "log",
                "//a/log",
                "http://a//log",
                "http://a/log/",
                "http://a",
                "/x://a/log"
            })
    void anotherSpellingOfThePathIsNotFound(String target) throws Exception {
        String answer = server.exchange(posted(target));
        assertThat(answer).startsWith("HTTP/1.1 404 ").endsWith(NOT_FOUND);
        assertThat(server.exchange(posted(target).replace("POST", "GET")))
                .startsWith("HTTP/1.1 404 ");
        assertThat(server.pushes.lines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/log", "/log?", "/log?a=/b//c", "http://a/log", "http://a:1/log?b"})
    void aQueryOrAHostDoesNotChangeThePath(String target) throws Exception {
        assertThat(server.exchange(posted(target))).startsWith("HTTP/1.1 200 ");
        assertThat(server.pushes.lines()).containsExactly(ApiServer.EVENT);
    }

    private static String posted(String target) {
        return "POST "
                + target
                + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: "
                + ApiServer.EVENT.length()
                + "\r\n\r\n"
                + ApiServer.EVENT;
    }

    @ParameterizedTest
    @ValueSource(strings = {"P@ST", "P(", "\0", "PO\u007fST", "\u00e9", "", "PO\tST", "{}"})
    void aMethodThatIsNoTokenIsNotValidHttp(String method) throws Exception {
        String answer = server.exchange(posted("/log").replaceFirst("POST", method));
        assertThat(answer)
                .startsWith("HTTP/1.1 400 ")
                .endsWith("\"details\":\"the request is not valid HTTP/1.1\"}");
        assertThat(server.pushes.lines()).isEmpty();
    }

    @Test
    void anExceptionNobodyCaughtShowsNothingOfItself() throws Exception {
        HttpResponse<String> response = server.send(server.request("/broken").GET().build());
        ApiServer.assertError(
                response, 500, "Internal server error", "the server's log has the cause");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /log HTTP/1.1\r\n\r\n",
                "GET /log\u0001 HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /log HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
                "GET /log HTTP/1.1\r\nHost: <script>\r\n\r\n",
                "POST /log HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
                "POST /log HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding:"
                        + " chunked\r\n\r\n"
            })
    void whatIsNotHttpGetsTheSameShape(String request) throws Exception {
        String answer = server.exchange(request);
        assertThat(answer)
                .startsWith("HTTP/1.1 400 ")
                .endsWith(
                        "\r\n\r\n{\"error\":\"Bad request\",\"details\":\"the request is not valid"
                                + " HTTP/1.1\"}");
        assertThat(answer.toLowerCase()).contains("content-type: application/json");
    }
}
