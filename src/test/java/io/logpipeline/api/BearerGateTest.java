package io.logpipeline.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.access.FileWatch;
import io.logpipeline.access.Tokens;
import io.logpipeline.telemetry.RequestOutcome;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** POST /log with tokens configured. */
class BearerGateTest {
    private static final String TOKEN = "mF_9.B5f-4.1JqM-s3cr3t";

    @TempDir private Path directory;

    private FileWatch<Tokens> tokens;
    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        tokens = Tokens.in(Files.writeString(directory.resolve("tokens"), "shop:" + TOKEN));
        server = new ApiServer(new BearerGate(tokens::now));
    }

    @AfterEach
    void stop() {
        server.close();
        tokens.close();
    }

    private void assertRefused(HttpResponse<String> answer, String details, String challenge) {
        ApiServer.assertError(answer, 401, "Unauthorized", details);
        assertThat(answer.headers().allValues("WWW-Authenticate")).containsExactly(challenge);
        assertThat(answer.body()).doesNotContain("s3cr3t");
        assertThat(server.pushes.lines()).isEmpty();
        assertThat(server.telemetry.outcomes()).containsExactly(RequestOutcome.UNAUTHORIZED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer ", "bearer ", "BEARER   "})
    void aKnownTokenOpens(String scheme) throws Exception {
        assertThat(server.post(ApiServer.EVENT, "Authorization", scheme + TOKEN).statusCode())
                .isEqualTo(200);
        assertThat(server.pushes.lines()).hasSize(1);
    }

    @Test
    void withoutATokenNothingIsStored() throws Exception {
        assertRefused(
                server.post(ApiServer.EVENT),
                "Authorization: expected one bearer token",
                "Bearer realm=\"log-pipeline\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic c2hvcDpzM2NyM3Q=", "mF_9.B5f-4.1JqM-s3cr3t", "Bearer"})
    void anotherSchemeIsRefused(String value) throws Exception {
        assertRefused(
                server.post(ApiServer.EVENT, "Authorization", value),
                "Authorization: expected one bearer token",
                "Bearer realm=\"log-pipeline\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer mF_9.B5f-4.1JqM-s3cr3",
                "Bearer shop:mF_9.B5f-4.1JqM-s3cr3t",
                "Bearer x",
                "Bearer mF_9.B5f-4.1JqM-s3cr3t, mF_9.B5f-4.1JqM-s3cr3t"
            })
    void anUnknownTokenIsRefused(String value) throws Exception {
        assertRefused(
                server.post(ApiServer.EVENT, "Authorization", value),
                "Authorization: this bearer token is not known here",
                "Bearer realm=\"log-pipeline\", error=\"invalid_token\"");
    }

    @Test
    void twoTokensAreRefusedThoughOneIsKnown() throws Exception {
        assertRefused(
                server.post(
                        ApiServer.EVENT,
                        "Authorization",
                        "Bearer " + TOKEN,
                        "Authorization",
                        "Bearer " + TOKEN + "x"),
                "Authorization: expected one bearer token",
                "Bearer realm=\"log-pipeline\"");
    }

    @Test
    void theConnectionGoesOnAfterARefusalAndItsBody() throws Exception {
        String post =
                "POST /log HTTP/1.1\r\nHost: a\r\nContent-Length: "
                        + ApiServer.EVENT.length()
                        + "\r\nAuthorization: Bearer ";
        String answers =
                server.exchange(
                        post
                                + "wrong\r\n\r\n"
                                + ApiServer.EVENT
                                + post
                                + TOKEN
                                + "\r\nConnection: close\r\n\r\n"
                                + ApiServer.EVENT);
        assertThat(ApiServer.statusLines(answers))
                .containsExactly("HTTP/1.1 401 Unauthorized", "HTTP/1.1 200 OK");
    }

    @Test
    void whoeverWaitsForLeaveToSendABodyIsRefusedBeforeItIsSent() throws Exception {
        String answer =
                server.exchange(
                        "POST /log HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n"
                                + "Expect: 100-continue\r\n\r\n");
        assertThat(ApiServer.statusLines(answer)).containsExactly("HTTP/1.1 401 Unauthorized");
    }
}
