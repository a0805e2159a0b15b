package io.logpipeline.topology;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisCluster;
import io.logpipeline.testing.RedisProcess;
import io.logpipeline.testing.RedisTls;
import io.logpipeline.testing.RedisUser;
import io.logpipeline.testing.SentinelProcess;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A master, its replica, and the Sentinels that watch them. All of them ask for a password; with
 * TLS also for a certificate, of each other too, and have a plain port for the test's own looks.
 */
final class WatchedRedis implements AutoCloseable {
    private static final int SENTINELS = 3;
    private static final int QUORUM = 2;
    private static final int DOWN_AFTER_MS = 2_000;

    /** Of what has a meaning in URLs. */
    private static final String PASSWORD = "p@s:s/w?o#r&d;1,2%2B+3=";

    private static final String SENTINELS_PASSWORD = "0ther+&timeout=1s;/?#@:%20,";

    /**
     * One of the two.
     *
     * @param port that all but the test itself use
     */
    record Server(RedisProcess process, int port) {}

    /**
     * How all of them listen, and what that asks of the pipeline.
     *
     * @param program of servers and Sentinels
     * @param settings by their names; none where there is no TLS
     * @param environment of the pipeline
     */
    private record Access(
            Path program,
            String scheme,
            Map<String, String> settings,
            Map<String, String> environment) {}

    private final Access access;
    private final List<Server> servers = new ArrayList<>();
    private final List<SentinelProcess> sentinels = new ArrayList<>();

    private WatchedRedis(Access access) {
        this.access = access;
    }

    /** With passwords of the default user for who watches and follows, and users of few rights. */
    static WatchedRedis start() {
        return new WatchedRedis(
                        new Access(RedisProcess.binary(), "redis-sentinel://", Map.of(), Map.of()))
                .started();
    }

    /**
     * The same with TLS everywhere.
     *
     * @param program that was built with TLS
     * @param directory for keys and certificates
     */
    static WatchedRedis startWithTls(Path program, Path directory) throws IOException {
        RedisTls tls = new RedisTls(directory);
        return new WatchedRedis(
                        new Access(
                                program, "rediss-sentinel://", tls.settings(), tls.environment()))
                .started();
    }

    private WatchedRedis started() {
        try {
            addServer();
            addServer("--replicaof", "127.0.0.1 " + first().port());
            Await.until("the replica has all", () -> RedisCluster.isInSync(second().process()));
            for (int i = 0; i < SENTINELS; i++) {
                addSentinel();
            }
            Await.until(
                    "the Sentinels know each other",
                    () -> sentinels.stream().allMatch(each -> each.others() == SENTINELS - 1));
            return this;
        } catch (RuntimeException | AssertionError failure) {
            close();
            throw new IllegalStateException(failure);
        }
    }

    private void addServer(String... more) {
        List<String> options = new ArrayList<>(List.of(more));
        options.addAll(List.of("--requirepass", PASSWORD, "--masterauth", PASSWORD));
        options.addAll(List.of("--repl-diskless-sync-delay", "3"));
        options.addAll(RedisUser.options(PASSWORD));
        RedisTls.options(access.settings).forEach(options::add);
        RedisProcess process =
                RedisProcess.startProgram(access.program, options.toArray(String[]::new));
        servers.add(new Server(process, process.publicPort()));
    }

    private void addSentinel() {
        List<String> settings = new ArrayList<>();
        access.settings.forEach((name, value) -> settings.add(name + " " + value));
        settings.add("sentinel sentinel-pass " + SENTINELS_PASSWORD);
        settings.add(RedisUser.sentinelsLine(SENTINELS_PASSWORD));
        settings.add(
                "sentinel monitor %s 127.0.0.1 %d %d"
                        .formatted(SentinelProcess.NAME, first().port(), QUORUM));
        settings.add("sentinel auth-pass %s %s".formatted(SentinelProcess.NAME, PASSWORD));
        settings.add(
                "sentinel down-after-milliseconds %s %d"
                        .formatted(SentinelProcess.NAME, DOWN_AFTER_MS));
        settings.add("sentinel failover-timeout %s 10000".formatted(SentinelProcess.NAME));
        sentinels.add(SentinelProcess.start(access.program, SENTINELS_PASSWORD, settings));
    }

    /** That which begins as the master. */
    Server first() {
        return servers.getFirst();
    }

    Server second() {
        return servers.getLast();
    }

    /** Whether all Sentinels that live call it the master. */
    boolean isMaster(Server server) {
        return sentinels.stream()
                .filter(each -> each.isAlive())
                .allMatch(each -> each.master() == server.port());
    }

    /** That which the URL names first. */
    SentinelProcess firstSentinel() {
        return sentinels.getFirst();
    }

    /** Tells a process what it must know to be let in. */
    PipelineProcess.Builder letIn(PipelineProcess.Builder process) {
        String hosts =
                sentinels.stream()
                        .map(each -> "127.0.0.1:" + each.publicPort())
                        .collect(Collectors.joining(","));
        access.environment.forEach(process::with);
        return process.redis(
                "%s%s:%s@%s?sentinelUser=%s&sentinelPassword=%s#%s"
                        .formatted(
                                access.scheme,
                                RedisUser.NAME,
                                encoded(PASSWORD),
                                hosts,
                                RedisUser.NAME,
                                encoded(SENTINELS_PASSWORD),
                                SentinelProcess.NAME));
    }

    /** What must be shown nowhere. */
    static List<String> secrets() {
        return List.of(
                PASSWORD, encoded(PASSWORD), SENTINELS_PASSWORD, encoded(SENTINELS_PASSWORD));
    }

    private static String encoded(String password) {
        return URLEncoder.encode(password, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        sentinels.forEach(SentinelProcess::close);
        servers.forEach(each -> each.process().close());
    }
}
