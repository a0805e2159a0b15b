package io.logpipeline.telemetry;

import io.helidon.health.HealthCheckResponse;
import java.time.Duration;
import java.util.Optional;

/** The judgements behind {@code /health}: what counts as alive, ready and started. */
final class HealthAnswers {
    private final PipelineState state;
    private final Watchdog watchdog;
    private final Duration livenessLimit;
    private final boolean drains;

    HealthAnswers(PipelineState state, Watchdog watchdog, Duration livenessLimit, boolean drains) {
        this.state = state;
        this.watchdog = watchdog;
        this.livenessLimit = livenessLimit;
        this.drains = drains;
    }

    /** Redis being away does not count: a restart would not bring it back. */
    HealthCheckResponse live() {
        Optional<String> stalled = watchdog.stalled(livenessLimit);
        HealthCheckResponse.Builder answer = details().status(stalled.isEmpty());
        stalled.ifPresent(text -> answer.detail("stalled", text));
        return answer.build();
    }

    HealthCheckResponse ready() {
        boolean logDirUsable = !drains || state.logDirProblem() == null;
        return details().status(state.redisUp() && state.isConnected() && logDirUsable).build();
    }

    HealthCheckResponse started() {
        return details().status(state.isStarted()).build();
    }

    private HealthCheckResponse.Builder details() {
        PipelineState.Pending pending = state.pending();
        return HealthCheckResponse.builder()
                .detail("drain_lag_seconds", PipelineGauges.seconds(pending.lag()))
                .detail("keys_pending", pending.keys())
                .detail("redis", redis())
                .detail("log_dir", logDir())
                .detail("role", state.role())
                .detail("version", state.version());
    }

    private String redis() {
        if (state.redisUp()) {
            return state.isConnected() ? "up" : "down: requests have no connection to it yet";
        }
        String problem = state.redisProblem();
        return problem == null ? "down" : "down: " + problem;
    }

    private String logDir() {
        if (!drains) {
            return "not used";
        }
        String problem = state.logDirProblem();
        return problem == null ? "ok" : problem;
    }
}
