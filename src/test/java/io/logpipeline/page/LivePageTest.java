package io.logpipeline.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page as an answer: what is in it, who may ask for it, and what it lets a browser do. */
class LivePageTest {
    private static final Pattern EXTERNAL =
            Pattern.compile("(?:src|href|action|url)\\s*[=(]\\s*[\"']?\\s*(?:https?:)?//");

    private final PageServer server = new PageServer();

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    @Test
    void thePageIsOneDocumentThatNeedsNothingFromElsewhere() throws Exception {
        HttpResponse<String> page = server.send("GET", "/");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(header(page, "Content-Type")).isEqualTo("text/html; charset=utf-8");
        assertThat(page.body()).startsWith("<!doctype html>").doesNotContain("{{");
        assertThat(EXTERNAL.matcher(page.body()).results()).isEmpty();
        assertThat(page.body().length()).isLessThan(64 * 1024);
    }

    @Test
    void onlyItsOwnStyleAndScriptMayRun() throws Exception {
        HttpResponse<String> page = server.send("GET", "/");
        String policy = header(page, "Content-Security-Policy");

        assertThat(policy)
                .startsWith("default-src 'none'; ")
                .contains("style-src '" + hashOf("style", page.body()) + "';")
                .contains("script-src '" + hashOf("script", page.body()) + "';")
                .contains("connect-src 'self'", "base-uri 'none'", "form-action 'none'")
                .contains("frame-ancestors 'none'", "require-trusted-types-for 'script'")
                .doesNotContain("unsafe", "*", "http");
        assertThat(page.body()).doesNotContain("style=\"", "onclick", "innerHTML");
    }

    private static String hashOf(String element, String html) throws Exception {
        Matcher content =
                Pattern.compile("<" + element + ">(.*?)</" + element + ">", Pattern.DOTALL)
                        .matcher(html);
        assertThat(content.find()).isTrue();
        byte[] digest =
                MessageDigest.getInstance("SHA-256")
                        .digest(content.group(1).getBytes(StandardCharsets.UTF_8));
        return "sha256-" + Base64.getEncoder().encodeToString(digest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/live"})
    void nothingOfItIsKeptGuessedAtOrGivenToOthers(String path) throws Exception {
        HttpResponse<String> answer = server.send("HEAD", path);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(header(answer, "Cache-Control")).isEqualTo("no-store");
        assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(header(answer, "Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(header(answer, "Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
        assertThat(header(answer, "Access-Control-Allow-Origin")).isEmpty();
    }

    @Test
    void headSaysHowLongThePageIsAndHoldsNoPlace() throws Exception {
        HttpResponse<String> page = server.send("GET", "/");
        HttpResponse<String> head = server.send("HEAD", "/");
        server.send("HEAD", "/live");

        assertThat(head.body()).isEmpty();
        assertThat(header(head, "Content-Length"))
                .isEqualTo(String.valueOf(page.body().getBytes(StandardCharsets.UTF_8).length));
        assertThat(server.page.watching()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "FROBNICATE"})
    void otherMethodsAreNotAllowed(String method) throws Exception {
        for (String path : new String[] {"/", "/live"}) {
            HttpResponse<String> answer = server.send(method, path);
            assertThat(answer.statusCode()).isEqualTo(405);
            assertThat(header(answer, "Allow")).isEqualTo("GET, HEAD");
            assertThat(answer.body())
                    .isEqualTo(
                            "{\"error\":\"Method not allowed\","
                                    + "\"details\":\"this path takes GET and HEAD\"}");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"//", "/;a", "/live/", "//live", "/a/../live", "/%6Cive", "/index.html"})
    void otherSpellingsAreNotFound(String path) throws Exception {
        HttpResponse<String> answer = server.send("GET", path);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).startsWith("{\"error\":\"Not found\"");
    }
}
