package io.logpipeline.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logpipeline.page.PageServer.Watcher;
import io.logpipeline.redis.Reply;
import io.logpipeline.telemetry.DrainFailure;
import io.logpipeline.telemetry.Figures;
import io.logpipeline.testing.Await;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What watchers are told, how many there may be, and how their streams end. */
class LiveStreamTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PageServer server = new PageServer();
    private final Process process = server.process;

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private static JsonNode event(Watcher watcher) throws Exception {
        return JSON.readTree(watcher.event());
    }

    /** The next event that a further second brings. */
    private JsonNode next(Watcher watcher) throws Exception {
        server.turn();
        return event(watcher);
    }

    @Test
    void theFirstEventHasThePastAndTheNextOnesWhatIsNew() throws Exception {
        process.figures = new Figures(100, 0, 0, 0, false);
        server.turn();
        process.figures = new Figures(150, 30, 0, 0, false);
        process.state.pending(7, Duration.ofMillis(1_500));
        server.turn();
        process.failures.drainFailed(DrainFailure.DISK_FULL);
        try (Watcher watcher = server.watch()) {
            assertThat(watcher.next("HTTP/1.1 ")).isEqualTo("200 OK");
            JsonNode first = event(watcher);
            assertThat(first.get("first").asBoolean()).isTrue();
            assertThat(first.get("samples"))
                    .hasToString("[[1000,0.0,0,100.0,0.0],[0,1.5,7,50.0,30.0]]");
            assertThat(first.at("/process/role").asText()).isEqualTo("all");
            assertThat(first.at("/failures/0/reason").asText()).isEqualTo("disk_full");
            assertThat(first.at("/verdict/grade").asText()).isEqualTo("failing");
            assertThat(first.at("/now/free_bytes").asLong()).isEqualTo(50);

            process.state.redisUp(false);
            JsonNode second = next(watcher);
            assertThat(second.get("first").asBoolean()).isFalse();
            assertThat(second.get("samples")).hasToString("[[0,null,null,0.0,0.0]]");
            assertThat(second.at("/failures/0/reason").asText()).isEqualTo("redis_down");
            process.state.redisUp(true);
            assertThat(next(watcher).has("failures")).isFalse();
        }
    }

    @Test
    void noNameOfAHostAndNoTextOfOthersIsTold() throws Exception {
        process.state.logDirProblem("the log directory can't be written: /secret/path");
        process.state.redisProblem("secret");
        process.redis.sweeper = Process.REPLICA;
        process.redis.answer =
                CompletableFuture.completedFuture(
                        Process.Redis.reply(
                                "REPLICAS",
                                2L,
                                9L,
                                2L,
                                Process.REPLICA,
                                3L,
                                5L,
                                "secret</script>",
                                1L,
                                40_000L));
        try (Watcher watcher = server.watch()) {
            String told = watcher.event();
            server.turn();
            told += watcher.event();
            server.turn();
            JsonNode last = event(watcher);

            assertThat(told + last).doesNotContain("secret");
            assertThat(last.at("/replicas/members/0"))
                    .hasToString(
                            "{\"name\":\"0a1b2c3d\",\"self\":true,\"held\":3,\"idle_ms\":5,"
                                    + "\"presence\":\"working\"}");
            assertThat(last.at("/replicas/members/1/name").asText()).isEqualTo("not ours");
            assertThat(last.at("/replicas/members/1/presence").asText()).isEqualTo("gone");
            assertThat(last.at("/replicas/sweeper").asText()).isEqualTo("0a1b2c3d");
        }
    }

    @Test
    void redisIsAskedOnceASecondHoweverManyWatchAndNotAtAllWhenNobodyDoes() throws Exception {
        server.turn();
        server.turn();
        assertThat(process.redis.asked).hasValue(0);
        try (Watcher one = server.watch();
                Watcher two = server.watch()) {
            event(one);
            event(two);
            server.turn();
            server.turn();
            assertThat(process.redis.asked).hasValue(2);
        }
        Await.until(
                "they are missed",
                () -> {
                    server.turn();
                    return server.page.watching() == 0;
                });
        int before = process.redis.asked.get();
        server.turn();
        assertThat(process.redis.asked).hasValue(before);
    }

    @Test
    void aRedisThatDoesNotAnswerIsNotAskedAgainAndHoldsUpNothing() throws Exception {
        CompletableFuture<Reply> late = new CompletableFuture<>();
        process.redis.answer = late;
        try (Watcher watcher = server.watch()) {
            event(watcher);
            for (int i = 0; i < 3; i++) {
                assertThat(next(watcher).get("replicas").isNull()).isTrue();
            }
            assertThat(process.redis.asked).hasValue(1);

            late.completeExceptionally(new IllegalStateException("timed out"));
            process.redis.answer = completed(10);
            next(watcher);
            process.redis.answer = completed(14);
            server.turn();
            Await.until(
                    "it shows who drains",
                    () -> next(watcher).at("/replicas/ended_per_s").asDouble() > 0);
            process.redis.answer = completed(2);
            server.turn();
            Await.until(
                    "another stream is not compared with",
                    () -> next(watcher).at("/replicas/ended_per_s").asDouble() == 0);
        }
    }

    private static CompletableFuture<Reply> completed(long ended) {
        return CompletableFuture.completedFuture(Process.Redis.reply("REPLICAS", 0L, ended, 0L));
    }

    @Test
    void aStreamOutlivesTheLimitsForRequestsAndIdleConnections() throws Exception {
        try (Watcher watcher = server.watch()) {
            event(watcher);
            long start = System.nanoTime();
            Await.until(
                    "three times the limits are over",
                    () -> System.nanoTime() - start > 3 * PageServer.TIMEOUT.toNanos());
            assertThat(next(watcher).get("first").asBoolean()).isFalse();
            assertThat(server.page.watching()).isEqualTo(1);
        }
    }

    @Test
    void whoComesWhenAllPlacesAreTakenIsToldToComeAgain() throws Exception {
        List<Watcher> watchers = new ArrayList<>();
        for (int i = 0; i < LivePage.WATCHERS_MAX; i++) {
            watchers.add(server.watch());
            event(watchers.getLast());
        }
        for (String method : List.of("GET", "HEAD")) {
            HttpResponse<String> refused = server.send(method, "/live");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).contains("5");
        }
        assertThat(server.send("GET", "/live").body())
                .isEqualTo("{\"error\":\"Overloaded\",\"details\":\"too many watch this page\"}");
        assertThat(server.send("GET", "/").statusCode()).isEqualTo(200);

        watchers.removeFirst().close();
        Await.until(
                "its place is free",
                () -> {
                    server.turn();
                    return server.page.watching() < LivePage.WATCHERS_MAX;
                });
        try (Watcher next = server.watch()) {
            assertThat(next.next("HTTP/1.1 ")).isEqualTo("200 OK");
        }
        watchers.forEach(Watcher::close);
    }

    @Test
    void whoDoesNotReadIsCutOffAndHoldsUpNobody() throws Exception {
        try (Watcher dead = server.watch();
                Watcher alive = server.watch()) {
            event(alive);
            fillFailures();
            Await.until("both watch", () -> server.page.watching() == 2);
            Await.until(
                    "the one that does not read is cut off",
                    () -> {
                        process.failures.keyExpired();
                        next(alive);
                        return server.page.watching() == 1;
                    });
            assertThat(next(alive).get("samples")).isNotEmpty();
            assertThat(dead.next("HTTP/1.1 ")).isEqualTo("200 OK");
        }
    }

    /** So that each event is as long as can be. */
    private void fillFailures() {
        for (int i = 0; i < 50; i++) {
            process.failures.drainFailed(DrainFailure.LOCK_TIMEOUT);
            process.advance(Duration.ofMinutes(1));
        }
    }

    @Test
    void theStreamsEndWithThePageAndTheServerWaitsForNone() throws Exception {
        try (Watcher reading = server.watch();
                Watcher dead = server.watch()) {
            event(reading);
            Await.until("both watch", () -> server.page.watching() == 2);
            server.stopPage();
            assertThat(reading.next("0")).isEmpty();
            assertThat(reading.next("")).isEmpty();
            assertThat(reading.next("")).isNull();
            // Else its grace would be minutes.
            server.stopServer();
            assertThat(dead.next("HTTP/1.1 ")).isEqualTo("200 OK");
        }
        assertThat(server.page.watching()).isZero();
    }
}
