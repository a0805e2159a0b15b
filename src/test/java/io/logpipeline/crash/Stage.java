package io.logpipeline.crash;

import io.lettuce.core.Consumer;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.XClaimArgs;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.api.sync.RedisCommands;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** What one point is played on: one user's day, its list and its file. */
final class Stage {
    static final String DAY = "19818";
    private static final String STREAM = "logs:pending";
    private static final String FOREIGN_STREAM = "logs:pending:p7";
    private static final String GROUP = "drainers";

    final Replica faulty;
    final Replica recovery;
    final DroppingProxy proxy;
    final RedisProcess redis;
    final Path logs;
    final String user;
    final String list;
    final List<String> events;
    final int chunk;

    /** What a write cut short left in the file before this began. */
    String torn = "";

    private BooleanSupplier struck = () -> false;
    private FileChannel lock;
    private double locksMetBefore;

    Stage(
            Replica faulty,
            Replica recovery,
            DroppingProxy proxy,
            RedisProcess redis,
            Path logs,
            String user,
            List<String> events,
            int chunk) {
        this.faulty = faulty;
        this.recovery = recovery;
        this.proxy = proxy;
        this.redis = redis;
        this.logs = logs;
        this.user = user;
        this.list = "logs:user_" + user + ":" + DAY;
        this.events = List.copyOf(events);
        this.chunk = chunk;
    }

    void struckWhen(BooleanSupplier condition) {
        struck = condition;
    }

    boolean isStruck() {
        return struck.getAsBoolean();
    }

    Path file() {
        return logs.resolve("user_" + user).resolve(DAY + ".jsonl");
    }

    String batch() {
        return "{" + list + "}:batch";
    }

    String ledger() {
        return "{" + list + "}:ledger";
    }

    String lockKey() {
        return "{" + list + "}:lock";
    }

    /** An entry that is due as soon as its time allows, or at once after a quiet second. */
    void enter(String key) {
        redis.with(commands -> addEntry(commands, key));
    }

    void enterForeignStream() {
        redis.with(
                commands -> commands.xadd(FOREIGN_STREAM, Map.of("key", list, "noticed_us", "1")));
    }

    private static String addEntry(RedisCommands<String, String> commands, String key) {
        XAddArgs id = new XAddArgs();
        if (commands.exists(STREAM) == 0) {
            id.id("1-1");
        } else {
            String last = lastId(commands);
            int dash = last.indexOf('-');
            id.id(last.substring(0, dash + 1) + (1 + Long.parseLong(last.substring(dash + 1))));
        }
        return commands.xadd(STREAM, id, Map.of("key", key, "noticed_us", "1"));
    }

    private static String lastId(RedisCommands<String, String> commands) {
        List<Object> info = commands.xinfoStream(STREAM);
        return (String) info.get(info.indexOf("last-generated-id") + 1);
    }

    /** An entry in the hands of a replica that died long ago. */
    void enterAsLeft() {
        redis.with(commands -> {
            if (commands.exists(STREAM) == 0 || commands.xinfoGroups(STREAM).isEmpty()) {
                commands.xgroupCreate(
                        StreamOffset.from(STREAM, "0"), GROUP, XGroupCreateArgs.Builder.mkstream());
            }
            String id = addEntry(commands, list);
            Consumer<String> dead = Consumer.from(GROUP, "dead");
            commands.xreadgroup(dead, StreamOffset.lastConsumed(STREAM));
            return commands.xclaim(STREAM, dead, XClaimArgs.Builder.justid().idle(3_600_000), id);
        });
    }

    void push(List<String> some) {
        redis.with(commands -> commands.rpush(list, some.toArray(String[]::new)));
    }

    /** A batch that a replica claimed and did not end. */
    void claimed(List<String> some, long position) {
        redis.with(commands -> {
            commands.rpush(batch(), some.toArray(String[]::new));
            return commands.hset(
                    ledger(),
                    Map.of("position", Long.toString(position), "batch_id", "left-" + user));
        });
    }

    void settled(long position) {
        redis.with(
                commands -> commands.hset(ledger(), Map.of("position", Long.toString(position))));
    }

    void write(List<String> lines, String tornLine) throws IOException {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), text(lines) + tornLine);
        torn = tornLine;
    }

    static String text(List<String> lines) {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    /** Holds the file as another process does. */
    void lockFile() throws IOException {
        write(List.of(), "");
        lock = FileChannel.open(file(), StandardOpenOption.WRITE);
        if (lock.tryLock() == null) {
            throw new IllegalStateException("locked already");
        }
        locksMetBefore = faulty.fileLocksMet();
    }

    boolean faultyMetTheLock() {
        return faulty.fileLocksMet() > locksMetBefore;
    }

    void unlockFile() throws IOException {
        if (lock != null) {
            lock.close();
        }
    }

    /** No event of it is in Redis. */
    boolean isEmptied() {
        return redis.with(commands -> commands.exists(list, batch()) == 0);
    }

    /** Nor is any entry of whatever list, nor a stream of nobody's setting. */
    boolean isDrained() {
        return isEmptied()
                && redis.with(commands ->
                        commands.xlen(STREAM) == 0 && commands.exists(FOREIGN_STREAM) == 0);
    }

    static List<String> events(String user, int count, java.util.function.IntUnaryOperator sizes) {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(
                    "{\"user_id\":\""
                            + user
                            + "\",\"event\":\"tick"
                            + "x".repeat(sizes.applyAsInt(i))
                            + "\",\"timestamp\":1712345678,\"seq\":"
                            + i
                            + "}");
        }
        return events;
    }
}
