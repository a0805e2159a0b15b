package io.logpipeline.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A server that takes the load, and how it is started.
 *
 * @param stores whether it stores what it acknowledges: then its lists are counted
 * @param bulk whether it takes arrays
 * @param peer whether it is one to compare with: it does the whole job, and is not ours
 * @param loadArguments what the load's script needs to know of it
 * @param redis that it stores into, or would
 */
record Contender(
        String name,
        int port,
        List<String> command,
        Map<String, String> environment,
        boolean stores,
        boolean bulk,
        boolean peer,
        List<String> loadArguments,
        BenchRedis redis) {
    static final String OURS = "log-pipeline";
    static final String WITHOUT_REDIS = "without redis";
    private static final String CORES = String.valueOf(Runtime.getRuntime().availableProcessors());

    static Contender logPipeline(
            String name, int port, Path java, Path jar, List<String> options, BenchRedis redis) {
        return logPipeline(name, port, java, jar, options, redis, "memory");
    }

    /**
     * @param durability as {@code redis.durability}
     */
    static Contender logPipeline(
            String name,
            int port,
            Path java,
            Path jar,
            List<String> options,
            BenchRedis redis,
            String durability) {
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(options);
        command.addAll(List.of("-jar", jar.toString(), "api"));
        Map<String, String> environment =
                Map.of(
                        "SERVER_PORT",
                        String.valueOf(port),
                        "REDIS_URL",
                        redis.url(),
                        "REDIS_DURABILITY",
                        durability,
                        // An append-only file that is forced each second holds answers up so long.
                        "REDIS_TIMEOUT_MS",
                        "6000");
        return new Contender(name, port, command, environment, true, true, false, List.of(), redis);
    }

    static Contender withoutRedis(
            int port, Path java, String classPath, List<String> options, BenchRedis redis) {
        return new Contender(
                WITHOUT_REDIS,
                port,
                javaCommand(java, classPath, options, ServerWithoutRedis.class, "" + port),
                Map.of(),
                false,
                true,
                false,
                List.of(),
                redis);
    }

    static Contender vertx(
            int port, Path java, String classPath, List<String> options, BenchRedis redis) {
        return new Contender(
                "vert.x",
                port,
                javaCommand(
                        java,
                        classPath,
                        options,
                        VertxPeer.class,
                        String.valueOf(port),
                        redis.url(),
                        CORES),
                Map.of(),
                true,
                true,
                true,
                List.of(),
                redis);
    }

    static Contender nginx(int port, Path sources, Path work, BenchRedis redis) throws IOException {
        Path directory = Files.createDirectories(work.resolve("nginx"));
        Path configuration = directory.resolve("nginx.conf");
        Files.writeString(
                configuration,
                Files.readString(sources.resolve("nginx/nginx.conf"))
                        .replace("${cores}", CORES)
                        .replace("${work}", directory.toString())
                        .replace("${scripts}", sources.resolve("nginx").toString())
                        .replace("${redis}", String.valueOf(redis.port()))
                        .replace("${port}", String.valueOf(port)));
        return new Contender(
                "nginx + lua",
                port,
                List.of(
                        "nginx",
                        "-p",
                        directory.toString(),
                        "-c",
                        configuration.toString(),
                        "-e",
                        directory.resolve("error.log").toString()),
                Map.of(),
                true,
                true,
                true,
                List.of(),
                redis);
    }

    /** Fits single events only, and validates nothing: the client names the list itself. */
    static Contender webdis(int port, Path work, BenchRedis redis) throws IOException {
        Path configuration = work.resolve("webdis.json");
        Files.writeString(
                configuration,
                """
                {"redis_host": "127.0.0.1", "redis_port": %d, "http_host": "127.0.0.1",
                 "http_port": %d, "threads": %s, "pool_size": 10, "daemonize": false,
                 "http_max_request_size": 16777216, "database": 0, "verbosity": 0,
                 "logfile": "%s"}
                """
                        .formatted(redis.port(), port, CORES, work.resolve("webdis.log.own")));
        return new Contender(
                "webdis",
                port,
                List.of("webdis", configuration.toString()),
                Map.of(),
                true,
                false,
                false,
                List.of(redis.pushScriptDigest()),
                redis);
    }

    private static List<String> javaCommand(
            Path java, String classPath, List<String> options, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    boolean takes(Load load) {
        return bulk || !load.isBulk();
    }

    ServerProcess start(Path work) throws IOException {
        return ServerProcess.start(
                name,
                port,
                work.resolve(name.replaceAll("[^a-z0-9-]", "_") + ".log"),
                command,
                environment);
    }
}
