package io.logpipeline.rollback;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a Redis 7 wrote to its append-only file since it started with nothing: commands one after
 * the other, those of a script between MULTI and EXEC.
 */
final class AppendOnlyFile {
    private static final String DIRECTORY = "appendonlydir";
    private static final String NAME = "appendonly.aof";
    private static final String INCREMENT = NAME + ".1.incr.aof";

    /**
     * Options of a server whose file has all that was acknowledged. By {@code everysec} it has not
     * while it is being forced: a write then waits for up to two seconds, its answer does not.
     */
    static String[] options(String... more) {
        List<String> options =
                new ArrayList<>(List.of("--appendonly", "yes", "--appendfsync", "always"));
        options.addAll(List.of(more));
        return options.toArray(String[]::new);
    }

    /** Where the file may end after a crash. */
    enum Place {
        BETWEEN_UNITS,
        IN_COMMAND,
        BETWEEN_COMMANDS_OF_TRANSACTION,
        IN_COMMAND_OF_TRANSACTION
    }

    /** One prefix. */
    record Cut(int bytes, Place place) {
        @Override
        public String toString() {
            return bytes + " bytes, " + place;
        }
    }

    private record Command(int start, int end, List<String> words) {
        boolean is(String name) {
            return words.getFirst().equalsIgnoreCase(name);
        }
    }

    private final byte[] base;
    private final byte[] manifest;
    private final byte[] bytes;
    private final List<Command> commands = new ArrayList<>();

    private AppendOnlyFile(byte[] base, byte[] manifest, byte[] bytes) {
        this.base = base;
        this.manifest = manifest;
        this.bytes = bytes;
        int at = 0;
        while (at < bytes.length) {
            Command command = command(at);
            commands.add(command);
            at = command.end();
        }
    }

    /** Reads that of a server that has never rewritten it. */
    static AppendOnlyFile of(RedisProcess redis) throws IOException {
        return new AppendOnlyFile(
                Files.readAllBytes(base(redis)),
                Files.readAllBytes(manifest(redis)),
                Files.readAllBytes(path(redis)));
    }

    /** Its length now. */
    static int bytes(RedisProcess redis) throws IOException {
        return (int) Files.size(path(redis));
    }

    /** Where a server keeps it. */
    static Path path(RedisProcess redis) {
        return redis.directory().resolve(DIRECTORY).resolve(INCREMENT);
    }

    private static Path base(RedisProcess redis) {
        return redis.directory().resolve(DIRECTORY).resolve(NAME + ".1.base.rdb");
    }

    /** The file that names the parts, which is what redis-check-aof is given. */
    static Path manifest(RedisProcess redis) {
        return redis.directory().resolve(DIRECTORY).resolve(NAME + ".manifest");
    }

    /** Gives a server that has not started a prefix to start from. */
    void copyTo(RedisProcess redis, Cut cut) throws IOException {
        Files.createDirectories(manifest(redis).getParent());
        Files.write(base(redis), base);
        Files.write(manifest(redis), manifest);
        Files.write(path(redis), Arrays.copyOf(bytes, cut.bytes()));
    }

    /** Has a running server write it anew, from what it holds in memory. */
    static void rewrite(RedisProcess redis) {
        redis.with(server -> server.bgrewriteaof());
        awaitRewritten(redis);
    }

    /** Waits until somebody had it written anew since the server's start. */
    static void awaitRewritten(RedisProcess redis) {
        Await.until(
                "the append-only file is rewritten",
                () -> {
                    String info = redis.with(server -> server.info("persistence"));
                    return !info.contains("aof_rewrites:0")
                            && info.contains("aof_rewrite_in_progress:0")
                            && info.contains("aof_rewrite_scheduled:0")
                            && info.contains("aof_last_bgrewrite_status:ok");
                });
    }

    /** {@code redis-check-aof --fix}, while the server is stopped: it is the server's binary. */
    static void repair(RedisProcess redis) throws IOException, InterruptedException {
        Path tool = redis.directory().resolve("redis-check-aof");
        Files.createSymbolicLink(tool, RedisProcess.binary().toAbsolutePath());
        Process process =
                new ProcessBuilder(tool.toString(), "--fix", manifest(redis).toString())
                        .redirectErrorStream(true)
                        .redirectOutput(redis.directory().resolve("check.log").toFile())
                        .start();
        process.outputWriter().append("y\n").close();
        if (process.waitFor() != 0) {
            throw new IllegalStateException(
                    Files.readString(redis.directory().resolve("check.log")));
        }
    }

    int commandCount() {
        return commands.size();
    }

    /** Every prefix: at each unit's end, between the commands of each unit and inside each. */
    List<Cut> cuts() {
        List<Cut> cuts = new ArrayList<>(List.of(new Cut(0, Place.BETWEEN_UNITS)));
        boolean inside = false;
        for (Command command : commands) {
            int middle = (command.start() + command.end()) / 2;
            cuts.add(new Cut(middle, inside ? Place.IN_COMMAND_OF_TRANSACTION : Place.IN_COMMAND));
            inside = command.is("MULTI") || inside && !command.is("EXEC");
            cuts.add(
                    new Cut(
                            command.end(),
                            inside ? Place.BETWEEN_COMMANDS_OF_TRANSACTION : Place.BETWEEN_UNITS));
        }
        return cuts;
    }

    /** The events that a prefix holds, as they were pushed: of whole units. */
    List<String> events(Cut cut) {
        List<String> events = new ArrayList<>();
        for (Command command : wholeUnits(cut)) {
            if (command.is("RPUSH")) {
                events.addAll(command.words().subList(2, command.words().size()));
            }
        }
        return events;
    }

    /** Whether a prefix sets a key. */
    boolean sets(String key, Cut cut) {
        return wholeUnits(cut).stream()
                .anyMatch(command -> command.is("SET") && command.words().get(1).equals(key));
    }

    private List<Command> wholeUnits(Cut cut) {
        int units = 0;
        boolean inside = false;
        for (int i = 0; i < commands.size() && commands.get(i).end() <= cut.bytes(); i++) {
            Command command = commands.get(i);
            inside = command.is("MULTI") || inside && !command.is("EXEC");
            units = inside ? units : i + 1;
        }
        return commands.subList(0, units);
    }

    /** {@code *2\r\n$3\r\nGET\r\n$1\r\na\r\n}. */
    private Command command(int start) {
        int at = start;
        int lineEnd = lineEnd(at);
        int count = number('*', at, lineEnd);
        at = lineEnd + 2;
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lineEnd = lineEnd(at);
            int length = number('$', at, lineEnd);
            int from = lineEnd + 2;
            words.add(new String(bytes, from, length, StandardCharsets.UTF_8));
            at = from + length + 2;
        }
        return new Command(start, at, words);
    }

    private int lineEnd(int from) {
        int at = from;
        while (bytes[at] != '\r') {
            at++;
        }
        return at;
    }

    private int number(char type, int start, int end) {
        if (bytes[start] != type) {
            throw new IllegalStateException("no command at byte " + start);
        }
        return Integer.parseInt(
                new String(bytes, start + 1, end - start - 1, StandardCharsets.US_ASCII));
    }
}
