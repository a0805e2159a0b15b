package io.logpipeline.topology;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.Certificates;
import io.logpipeline.testing.FreePort;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisCluster;
import io.logpipeline.testing.RedisProcess;
import io.logpipeline.testing.RedisUser;
import io.logpipeline.testing.SentinelProcess;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
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
    static final String PASSWORD = "p@s:s/w?o#r&d;1,2%2B+3=";

    static final String SENTINELS_PASSWORD = "0ther+&timeout=1s;/?#@:%20,";

    /** No more than a client needs of a Sentinel. */
    private static final String SENTINELS_USER =
            "user %s on >%s -@all +ping +client +sentinel|get-master-addr-by-name"
                    .formatted(RedisUser.NAME, SENTINELS_PASSWORD);

    /**
     * One of the two.
     *
     * @param port that all but the test itself use
     */
    record Server(RedisProcess process, int port) {}

    /** The same of a Sentinel. */
    private record Sentinel(SentinelProcess process, int port) {}

    /**
     * How all of them listen, and what that asks of the pipeline.
     *
     * @param program of servers and Sentinels
     * @param options by their names, but for the port; none where there is no TLS
     * @param environment of the pipeline
     */
    private record Access(
            Path program,
            String scheme,
            String sentinelUser,
            Map<String, String> options,
            Map<String, String> environment) {}

    private final Access access;
    private final List<Server> servers = new ArrayList<>();
    private final List<Sentinel> sentinels = new ArrayList<>();

    private WatchedRedis(Access access) {
        this.access = access;
    }

    /** With passwords of the default user for who watches and follows. */
    static WatchedRedis start() {
        return new WatchedRedis(
                        new Access(
                                RedisProcess.binary(), "redis-sentinel://", "", Map.of(), Map.of()))
                .started();
    }

    /**
     * The same with TLS everywhere, and a user of the Sentinels that has few rights.
     *
     * @param program that was built with TLS
     * @param directory for keys and certificates
     */
    static WatchedRedis startWithTls(Path program, Path directory) throws IOException {
        Certificates certificates = new Certificates();
        String authority = certificates.authorityFile(directory).toString();
        Path server = Certificates.write(directory, "redis", certificates.sign("redis"));
        Path client = Certificates.write(directory, "client", certificates.sign("client"));
        return new WatchedRedis(
                        new Access(
                                program,
                                "rediss-sentinel://",
                                "&sentinelUser=" + RedisUser.NAME,
                                Map.of(
                                        "tls-ca-cert-file",
                                        authority,
                                        "tls-cert-file",
                                        server.toString(),
                                        "tls-key-file",
                                        Certificates.keyOf(server).toString(),
                                        "tls-replication",
                                        "yes"),
                                Map.of(
                                        "REDIS_TLS_CA_FILE",
                                        authority,
                                        "REDIS_TLS_CERTIFICATE_FILE",
                                        client.toString(),
                                        "REDIS_TLS_PRIVATE_KEY_FILE",
                                        Certificates.keyOf(client).toString())))
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
                    () ->
                            sentinels.stream()
                                    .allMatch(each -> each.process.others() == SENTINELS - 1));
            return this;
        } catch (IOException | RuntimeException | AssertionError failure) {
            close();
            throw new IllegalStateException(failure);
        }
    }

    private void addServer(String... more) throws IOException {
        List<String> options = new ArrayList<>(List.of(more));
        options.addAll(List.of("--requirepass", PASSWORD, "--masterauth", PASSWORD));
        options.addAll(List.of("--repl-diskless-sync-delay", "3"));
        options.addAll(RedisUser.options(PASSWORD));
        int tlsPort = FreePort.next();
        listening(tlsPort).forEach((name, value) -> options.addAll(List.of("--" + name, value)));
        RedisProcess process =
                RedisProcess.startProgram(access.program, options.toArray(String[]::new));
        servers.add(new Server(process, access.options.isEmpty() ? process.port() : tlsPort));
    }

    private void addSentinel() throws IOException {
        List<String> settings = new ArrayList<>();
        int tlsPort = FreePort.next();
        listening(tlsPort).forEach((name, value) -> settings.add(name + " " + value));
        settings.add("sentinel sentinel-pass " + SENTINELS_PASSWORD);
        settings.add(SENTINELS_USER);
        settings.add(
                "sentinel monitor %s 127.0.0.1 %d %d"
                        .formatted(SentinelProcess.NAME, first().port(), QUORUM));
        settings.add("sentinel auth-pass %s %s".formatted(SentinelProcess.NAME, PASSWORD));
        settings.add(
                "sentinel down-after-milliseconds %s %d"
                        .formatted(SentinelProcess.NAME, DOWN_AFTER_MS));
        settings.add("sentinel failover-timeout %s 10000".formatted(SentinelProcess.NAME));
        SentinelProcess process =
                SentinelProcess.start(access.program, SENTINELS_PASSWORD, settings);
        sentinels.add(new Sentinel(process, access.options.isEmpty() ? process.port() : tlsPort));
    }

    /** Nothing without TLS. */
    private Map<String, String> listening(int tlsPort) {
        Map<String, String> options = new HashMap<>(access.options);
        if (!options.isEmpty()) {
            options.put("tls-port", Integer.toString(tlsPort));
        }
        return options;
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
                .filter(each -> each.process.isAlive())
                .allMatch(each -> each.process.master() == server.port());
    }

    /** That which the URL names first. */
    SentinelProcess firstSentinel() {
        return sentinels.getFirst().process;
    }

    /** Tells a process what it must know to be let in. */
    PipelineProcess.Builder letIn(PipelineProcess.Builder process) {
        String hosts =
                sentinels.stream()
                        .map(each -> "127.0.0.1:" + each.port)
                        .collect(Collectors.joining(","));
        access.environment.forEach(process::with);
        return process.redis(
                "%s%s:%s@%s?sentinelPassword=%s%s#%s"
                        .formatted(
                                access.scheme,
                                RedisUser.NAME,
                                encoded(PASSWORD),
                                hosts,
                                encoded(SENTINELS_PASSWORD),
                                access.sentinelUser,
                                SentinelProcess.NAME));
    }

    private static String encoded(String password) {
        return URLEncoder.encode(password, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        sentinels.forEach(each -> each.process.close());
        servers.forEach(each -> each.process().close());
    }
}
