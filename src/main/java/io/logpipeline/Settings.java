package io.logpipeline;

import io.logpipeline.telemetry.LogFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * Every setting, validated. {@code application.yaml} explains them; {@link SettingsReader} reads.
 */
record Settings(Server server, Redis redis, Drain drainer, Observe observe, Log log) {
    record Server(String host, int port, int maxBodyBytes, int maxBatchBytes, Duration shutdown) {}

    record Redis(String url, Duration keyExpiration, Duration timeout, int pushQueueBytesMax) {}

    record Drain(
            Duration interval,
            String logPattern,
            Path logDir,
            int workers,
            Duration lease,
            Duration redisTimeout,
            Duration ledgerLife,
            Duration fileLockTimeout,
            int batchElementsMax,
            int batchBytesMax) {}

    /**
     * @param port empty for the server's
     */
    record Observe(OptionalInt port, Duration livenessLimit) {}

    record Log(System.Logger.Level level, LogFormat format) {}

    /** This one with another Redis. */
    Settings withRedis(String url) {
        Redis other =
                new Redis(url, redis.keyExpiration(), redis.timeout(), redis.pushQueueBytesMax());
        return new Settings(server, other, drainer, observe, log);
    }
}
