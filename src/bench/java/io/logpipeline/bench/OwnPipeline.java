package io.logpipeline.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** This pipeline: a Redis with an append-only file, a drainer, and an API or what is behind it. */
final class OwnPipeline implements Delivery {
    /** Events wait that long before they are drained; there is no shorter one. */
    private static final String INTERVAL_SECONDS = "1";

    private static final NumberedLines.Around ARRAY = new NumberedLines.Around("[", "", "", "]");

    /**
     * How it runs.
     *
     * @param portFirst of three
     * @param directory of its files
     * @param appendfsync of Redis: {@code always} forces events to its disk before they are
     *     acknowledged, {@code everysec} within a second or two
     * @param sync of the drainer
     * @param http whether an API takes the events; else the queue that is behind it, in this
     *     process
     * @param command that starts one of its processes, but for the role
     */
    record Terms(
            String name,
            int portFirst,
            Path directory,
            String appendfsync,
            String sync,
            boolean http,
            List<String> command) {}

    private final Terms terms;
    private final Path output;
    private final BenchRedis redis;
    private final DrainRedis lists;
    private final List<ServerProcess> processes = new ArrayList<>();
    private final double startSeconds;
    private final Senders senders;

    OwnPipeline(Terms terms, NumberedLines lines) throws IOException, InterruptedException {
        this.terms = terms;
        output = Files.createDirectories(terms.directory().resolve("logs"));
        Path data = Files.createDirectories(terms.directory().resolve("redis"));
        long beganNanos = System.nanoTime();
        redis = BenchRedis.appending(terms.portFirst(), data, terms.appendfsync());
        processes.add(redis.process());
        int apiPort = terms.portFirst() + 2;
        startRole("drainer", terms.portFirst() + 1);
        if (terms.http()) {
            startRole("api", apiPort);
        }
        startSeconds = (System.nanoTime() - beganNanos) / 1e9;
        lists = new DrainRedis(redis.url());
        senders =
                terms.http()
                        ? new HttpSenders(apiPort, (from, count) -> body(lines, from, count))
                        : new PushSenders(redis.url(), lines);
    }

    private static byte[] body(NumberedLines lines, long from, int count) {
        return count == 1 ? lines.line(from) : lines.list(from, count, ARRAY);
    }

    private void startRole(String role, int port) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(terms.command());
        command.add(role);
        Map<String, String> settings = new HashMap<>();
        settings.put("SERVER_PORT", String.valueOf(port));
        settings.put("REDIS_URL", redis.url());
        settings.put("DRAINER_LOG_DIR", output.toString());
        settings.put("DRAINER_INTERVAL_SECONDS", INTERVAL_SECONDS);
        settings.put("DRAINER_SYNC", terms.sync());
        settings.put("REDIS_TIMEOUT_MS", "10000");
        Path log = terms.directory().resolve(role + ".log");
        processes.add(ServerProcess.start(terms.name() + " " + role, port, log, command, settings));
        Readiness.await("http://127.0.0.1:" + port + "/health/ready", body -> true);
    }

    @Override
    public String name() {
        return terms.name();
    }

    @Override
    public double startSeconds() {
        return startSeconds;
    }

    @Override
    public List<ServerProcess> processes() {
        return processes;
    }

    @Override
    public Path output() {
        return output;
    }

    @Override
    public Senders senders() {
        return senders;
    }

    @Override
    public boolean mayHaveLanded() {
        return lists.pendingKeys() == 0;
    }

    @Override
    public void close() throws Exception {
        if (senders instanceof AutoCloseable open) {
            open.close();
        }
        lists.close();
        // The first one is Redis, which closes its own connection before.
        processes.subList(1, processes.size()).reversed().forEach(ServerProcess::close);
        redis.close();
    }
}
