package io.logpipeline.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthEndpointTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObservedProcess process = new ObservedProcess(true);

    @AfterEach
    void stop() {
        process.close();
    }

    private static JsonNode answer(ObservedProcess from, String path, int status) throws Exception {
        HttpResponse<String> response = from.get(path);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        JsonNode body = JSON.readTree(response.body());
        assertThat(body.get("status").asText()).isEqualTo(status == 200 ? "UP" : "DOWN");
        return body;
    }

    private JsonNode details(String path, int status) throws Exception {
        return answer(process, path, status).get("checks").get(0).get("data");
    }

    private void allIsWell() {
        process.state.started();
        process.state.redisUp(true);
        process.state.logDirProblem(null);
    }

    @Test
    void aHealthyProcessIsUpEverywhere() throws Exception {
        allIsWell();
        for (String path : List.of("/health", "/health/live", "/health/ready", "/health/started")) {
            assertThat(details(path, 200).get("redis").asText()).isEqualTo("up");
        }
    }

    @Test
    void everyAnswerCarriesTheDetails() throws Exception {
        allIsWell();
        process.state.pending(7, Duration.ofMillis(1_500));
        for (String path : List.of("/health/live", "/health/ready", "/health/started")) {
            JsonNode details = details(path, 200);
            assertThat(details.get("drain_lag_seconds").asDouble()).isEqualTo(1.5);
            assertThat(details.get("keys_pending").asLong()).isEqualTo(7);
            assertThat(details.get("redis").asText()).isEqualTo("up");
            assertThat(details.get("log_dir").asText()).isEqualTo("ok");
            assertThat(details.get("role").asText()).isEqualTo("drainer");
            assertThat(details.get("version").asText()).isEqualTo("1.2.3");
        }
    }

    @Test
    void healthAloneJoinsTheThree() throws Exception {
        allIsWell();
        process.state.redisUp(false);
        JsonNode checks = answer(process, "/health", 503).get("checks");
        assertThat(
                        StreamSupport.stream(checks.spliterator(), false)
                                .map(c -> c.get("name").asText() + " " + c.get("status").asText()))
                .containsExactly("live UP", "ready DOWN", "started UP");
    }

    @Test
    void beforeTheFirstConnectionItIsAliveButNeitherReadyNorStarted() throws Exception {
        details("/health/live", 200);
        details("/health/started", 503);
        assertThat(details("/health/ready", 503).get("redis").asText())
                .isEqualTo("down: not connected yet");
    }

    @Test
    void redisBeingAwayIsNoLivenessFailure() throws Exception {
        allIsWell();
        process.state.redisUp(false);
        process.state.redisProblem("connection refused");
        details("/health/live", 200);
        details("/health/started", 200);
        assertThat(details("/health/ready", 503).get("redis").asText())
                .isEqualTo("down: connection refused");
    }

    @Test
    void whileRequestsHaveNoConnectionOfTheirOwnItIsNotReady() throws Exception {
        allIsWell();
        process.state.connected(() -> false);
        assertThat(details("/health/ready", 503).get("redis").asText())
                .isEqualTo("down: requests have no connection to it yet");
        details("/health/live", 200);

        process.state.connected(() -> true);
        details("/health/ready", 200);
    }

    @Test
    void anAnswerOfRedisEndsItsProblem() throws Exception {
        allIsWell();
        process.state.redisUp(false);
        process.state.redisProblem("connection refused");
        process.state.redisUp(true);
        assertThat(process.state.redisProblem()).isNull();
        assertThat(details("/health/ready", 200).get("redis").asText()).isEqualTo("up");
    }

    @Test
    void aDrainerWhoseLogDirectoryRefusesIsNotReady() throws Exception {
        allIsWell();
        process.state.logDirProblem("read-only file system");
        assertThat(details("/health/ready", 503).get("log_dir").asText())
                .isEqualTo("read-only file system");
        details("/health/live", 200);
    }

    @Test
    void aDrainerIsNotReadyBeforeItsDirectoryWasProbed() throws Exception {
        process.state.redisUp(true);
        assertThat(details("/health/ready", 503).get("log_dir").asText())
                .isEqualTo("not probed yet");
    }

    @Test
    void aProcessThatDoesNotDrainNeedsNoLogDirectory() throws Exception {
        try (ObservedProcess api = new ObservedProcess(false)) {
            api.state.redisUp(true);
            JsonNode details = answer(api, "/health/ready", 200).get("checks").get(0).get("data");
            assertThat(details.get("log_dir").asText()).isEqualTo("not used");
        }
    }

    @Test
    void aLoopThatStandsStillIsDownUntilItMovesAgain() throws Exception {
        allIsWell();
        try (Watchdog.Heartbeat loop = process.watchdog.loop("drain-0")) {
            process.advance(ObservedProcess.LIVENESS_LIMIT.plusSeconds(1));
            assertThat(details("/health/live", 503).get("stalled").asText())
                    .isEqualTo("drain-0 made no progress for 21 s");
            details("/health/ready", 200);

            loop.beat();
            assertThat(details("/health/live", 200).has("stalled")).isFalse();
        }
    }
}
