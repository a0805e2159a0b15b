package io.logpipeline.bench;

import io.lettuce.core.LettuceFutures;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Fills the lists of a load, fires the start, and tells when all is drained. */
final class DrainRedis implements AutoCloseable {
    private static final String PENDING = "logs:pending";
    private static final String NOT_YET_PENDING = "bench:pending";
    private static final String SWEEPER = "logs:sweeper";
    private static final int UNANSWERED_MAX = 1000;
    private static final int ELEMENTS_PER_CALL = 1000;
    private static final long DUE_MILLIS_AGO = 120_000;

    private final RedisClient client;
    private final StatefulRedisConnection<String, byte[]> connection;
    private final List<RedisFuture<?>> unanswered = new ArrayList<>();

    DrainRedis(String url) {
        client = RedisClient.create(url);
        connection =
                client.connect(
                        RedisCodec.of(
                                new StringCodec(StandardCharsets.US_ASCII),
                                ByteArrayCodec.INSTANCE));
        connection.setTimeout(Duration.ofMinutes(1));
    }

    StatefulRedisConnection<String, byte[]> connection() {
        return connection;
    }

    /**
     * Lists that have been waiting for two minutes. No drainer sweeps: it would give entries of its
     * own to lists whose entries are not there yet, which are due only a minute later.
     */
    void fill(DrainLoad load) {
        fill(List.of(load));
    }

    /** The same of several loads, each after the one before it. */
    void fill(List<DrainLoad> loads) {
        connection.sync().set(SWEEPER, "bench".getBytes(StandardCharsets.US_ASCII));
        long dueMillis = System.currentTimeMillis() - DUE_MILLIS_AGO;
        for (DrainLoad load : loads) {
            fill(load, dueMillis++);
        }
    }

    /** Lists that nobody wants to drain yet. */
    void fillUndue(DrainLoad load) {
        connection.sync().del(SWEEPER);
        fill(load, System.currentTimeMillis());
    }

    private void fill(DrainLoad load, long dueMillis) {
        var commands = connection.async();
        for (int key = 0; key < load.keys(); key++) {
            String list = load.redisKey(key);
            List<byte[]> elements = load.elements(key);
            for (int from = 0; from < elements.size(); from += ELEMENTS_PER_CALL) {
                int to = Math.min(elements.size(), from + ELEMENTS_PER_CALL);
                sent(commands.rpush(list, elements.subList(from, to).toArray(byte[][]::new)));
            }
            XAddArgs id = new XAddArgs().id(dueMillis + "-" + (key + 1));
            Object[] fields = {
                "key",
                list.getBytes(StandardCharsets.US_ASCII),
                "noticed_us",
                "1".getBytes(StandardCharsets.US_ASCII)
            };
            sent(commands.xadd(NOT_YET_PENDING, id, fields));
        }
        awaitAnswers();
    }

    private void sent(RedisFuture<?> answer) {
        unanswered.add(answer);
        if (unanswered.size() == UNANSWERED_MAX) {
            awaitAnswers();
        }
    }

    private void awaitAnswers() {
        LettuceFutures.awaitAll(1, TimeUnit.MINUTES, unanswered.toArray(RedisFuture[]::new));
        unanswered.clear();
    }

    /** All entries are there at once, due. */
    void fire() {
        connection.sync().rename(NOT_YET_PENDING, PENDING);
    }

    /** Whether a drainer has seen the entries. */
    boolean isTaken() {
        return !connection.sync().xinfoGroups(PENDING).isEmpty();
    }

    long pendingKeys() {
        return connection.sync().xlen(PENDING);
    }

    /** Whether one list waits, this one. */
    boolean isOnlyPending(String list) {
        List<StreamMessage<String, byte[]>> first =
                connection.sync().xrange(PENDING, Range.unbounded(), Limit.from(2));
        return first.size() == 1
                && new String(first.getFirst().getBody().get("key"), StandardCharsets.US_ASCII)
                        .equals(list);
    }

    /** What all keys take of its memory, MiB. */
    long usedMebibytes() {
        return connection
                .sync()
                .info("memory")
                .lines()
                .filter(line -> line.startsWith("used_memory:"))
                .mapToLong(line -> Long.parseLong(line.substring(12).strip()) >> 20)
                .sum();
    }

    /** What is left of lists and batches; forgets everything that a run leaves behind. */
    int clear() {
        int left = 0;
        for (String pattern : List.of("logs:user_*", "{logs:user_*")) {
            ScanIterator<String> keys =
                    ScanIterator.scan(
                            connection.sync(), ScanArgs.Builder.matches(pattern).limit(1000));
            List<String> found = new ArrayList<>();
            keys.forEachRemaining(found::add);
            for (String key : found) {
                left += key.endsWith(":ledger") ? 0 : 1;
                sent(connection.async().unlink(key));
            }
            awaitAnswers();
        }
        connection.sync().del(PENDING, NOT_YET_PENDING);
        return left;
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
}
