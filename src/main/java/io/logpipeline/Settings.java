package io.logpipeline;

import io.logpipeline.access.ServerTls;
import io.logpipeline.access.TokenBuckets;
import io.logpipeline.file.Sync;
import io.logpipeline.redis.Durability;
import io.logpipeline.redis.RedisServer;
import io.logpipeline.telemetry.LogFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Every setting, validated. {@code application.yaml} explains them; {@link SettingsReader} reads.
 */
record Settings(Server server, Redis redis, Drain drainer, Observe observe, Log log) {
    /**
     * @param connectionsMax empty for as many as the heap holds
     */
    record Server(
            String host,
            int port,
            int maxBodyBytes,
            int maxBatchBytes,
            Duration bodyTimeout,
            Duration idleTimeout,
            OptionalInt connectionsMax,
            Duration shutdown,
            Optional<Path> tokensFile,
            Optional<ServerTls.PemFiles> tls,
            Limits limits) {}

    /**
     * What a server takes; each is empty when it is not bounded.
     *
     * @param namesMax of clients and of users that have a bucket of their own
     */
    record Limits(
            Optional<TokenBuckets.Rate> clientRequests,
            Optional<TokenBuckets.Rate> userEvents,
            int namesMax,
            OptionalInt concurrentRequests,
            int queuedRequestsMax,
            Duration queueTimeout) {}

    record Redis(
            RedisServer server,
            Duration keyExpiration,
            Duration timeout,
            int pushQueueBytesMax,
            int memoryHighPercent,
            Durability durability) {}

    record Drain(
            Duration interval,
            String logPattern,
            Path logDir,
            int streams,
            int workers,
            Duration lease,
            Duration redisTimeout,
            Duration ledgerLife,
            Duration fileLockTimeout,
            Sync sync,
            int batchElementsMax,
            int batchBytesMax,
            int memoryBytesMax) {}

    /**
     * @param port empty for the server's
     */
    record Observe(OptionalInt port, Duration livenessLimit) {}

    record Log(System.Logger.Level level, LogFormat format) {}

    /** This one with another Redis. */
    Settings withRedis(String url) {
        Redis other =
                new Redis(
                        RedisServer.at(url),
                        redis.keyExpiration(),
                        redis.timeout(),
                        redis.pushQueueBytesMax(),
                        redis.memoryHighPercent(),
                        redis.durability());
        return new Settings(server, other, drainer, observe, log);
    }

    /** What is wrong with settings together that are right one by one; empty when nothing is. */
    Optional<String> contradiction() {
        long intervalSeconds = drainer.interval().toSeconds();
        if (redis.keyExpiration().compareTo(drainer.interval().multipliedBy(2)) < 0) {
            return Optional.of(
                    "redis.key_expiration_seconds: "
                            + redis.keyExpiration().toSeconds()
                            + " is under twice drainer.interval_seconds ("
                            + intervalSeconds
                            + "): lists would expire before they are drained");
        }
        Duration untilTakenOver = drainer.interval().plus(drainer.lease().multipliedBy(2));
        if (drainer.ledgerLife().compareTo(untilTakenOver) <= 0) {
            return Optional.of(
                    "drainer.ledger_seconds: "
                            + drainer.ledgerLife().toSeconds()
                            + " is not over drainer.interval_seconds + 2 x drainer.lease_seconds ("
                            + untilTakenOver.toSeconds()
                            + "): a list taken over late would count as expired");
        }
        Duration longestWait = longestWait();
        if (observe.livenessLimit().compareTo(longestWait) <= 0) {
            return Optional.of(
                    "observe.liveness_seconds: "
                            + observe.livenessLimit().toSeconds()
                            + " is not over the "
                            + longestWait.toMillis() / 1000.0
                            + " s that a drainer may wait for Redis twice and for a file lock: a"
                            + " silent Redis would count as a stall");
        }
        return sizeContradiction();
    }

    private Optional<String> sizeContradiction() {
        if (server.maxBatchBytes() < server.maxBodyBytes()) {
            return Optional.of(
                    "server.max_batch_bytes: under server.max_body_bytes ("
                            + server.maxBodyBytes()
                            + ")");
        }
        if (redis.pushQueueBytesMax() < 4L * server.maxBatchBytes()) {
            return Optional.of(
                    "redis.push_queue_bytes_max: must hold at least four times"
                            + " server.max_batch_bytes ("
                            + server.maxBatchBytes()
                            + ")");
        }
        if (drainer.memoryBytesMax() < drainer.batchBytesMax()) {
            return Optional.of(
                    "drainer.memory_bytes_max: under drainer.batch_bytes_max ("
                            + drainer.batchBytesMax()
                            + ")");
        }
        if (!drainer.sync().isSupported()) {
            return Optional.of("drainer.sync: filesystem needs Linux 5.8 or later");
        }
        return Optional.empty();
    }

    /** Without a sign of life, and nothing wrong with the loop. */
    private Duration longestWait() {
        Duration call = drainer.redisTimeout();
        Duration longestCall = call.compareTo(redis.timeout()) > 0 ? call : redis.timeout();
        return longestCall.multipliedBy(2).plus(drainer.fileLockTimeout());
    }
}
