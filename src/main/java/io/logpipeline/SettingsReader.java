package io.logpipeline;

import io.helidon.config.Config;
import io.logpipeline.access.ServerTls;
import io.logpipeline.access.TokenBuckets;
import io.logpipeline.file.Sync;
import io.logpipeline.redis.Durability;
import io.logpipeline.redis.RedisServer;
import io.logpipeline.redis.StreamSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads the settings' values and refuses what is wrong, naming it.
 *
 * <p>Invariant: no refusal shows a value but of settings that can't be secret. {@code redis.url}
 * carries a password.
 */
final class SettingsReader {
    private static final int DAY_SECONDS = 86_400;
    // One user's batch is one call. Redis takes 1,048,576 arguments and closes the connection on
    // more;
    // the shortest event has 41 bytes.
    static final int BATCH_BYTES_MAX = 32 << 20;
    private static final int RATE_MAX = 1_000_000;
    private static final int DEFAULT_BURST_SECONDS = 10;

    private final Config config;

    private SettingsReader(Config config) {
        this.config = config;
    }

    /**
     * Reads and validates, with the {@code application.yaml} of the process' directory.
     *
     * @param environment the process' environment; only the names of settings are looked at
     * @param preset values that win over files, and lose against the environment
     * @throws StartRefused naming the first thing that is wrong
     */
    static Settings read(
            CommandLine commandLine, Map<String, String> environment, Map<String, String> preset) {
        return read(commandLine, environment, preset, Path.of(""));
    }

    /** The same for a process in another directory. */
    static Settings read(
            CommandLine commandLine,
            Map<String, String> environment,
            Map<String, String> preset,
            Path directory) {
        Config config = SettingsSources.merged(commandLine, environment, preset, directory);
        return new SettingsReader(config).settings(commandLine);
    }

    private Settings settings(CommandLine commandLine) {
        Settings settings =
                new Settings(
                        new Settings.Server(
                                text("server.host"),
                                number("server.port", 0, 65_535),
                                number("server.max_body_bytes", 1, BATCH_BYTES_MAX),
                                number("server.max_batch_bytes", 1, BATCH_BYTES_MAX),
                                seconds("server.body_timeout_seconds", 1, 3600),
                                seconds("server.idle_timeout_seconds", 1, DAY_SECONDS),
                                unlessZero("server.connections_max"),
                                seconds("server.shutdown_seconds", 1, 3600),
                                optionalPath("server.tokens_file"),
                                serverTls(),
                                limits()),
                        new Settings.Redis(
                                redisServer(),
                                seconds("redis.key_expiration_seconds", 1, 30 * DAY_SECONDS),
                                millis("redis.timeout_ms", 50, 60_000),
                                number("redis.push_queue_bytes_max", 1 << 20, 1 << 30),
                                number("redis.memory_high_percent", 0, 100),
                                durability()),
                        drainer(),
                        new Settings.Observe(
                                observePort(), seconds("observe.liveness_seconds", 5, DAY_SECONDS)),
                        new Settings.Log(
                                logLevel(),
                                commandLine
                                        .logFormat()
                                        .orElseGet(() ->
                                                CommandLine.logFormat(
                                                        "log.format", text("log.format")))));
        settings.contradiction()
                .ifPresent(reason -> {
                    throw new StartRefused(reason);
                });
        return settings;
    }

    private Optional<ServerTls.PemFiles> serverTls() {
        Optional<Path> certificate = optionalPath("server.tls_certificate_file");
        Optional<Path> privateKey = optionalPath("server.tls_private_key_file");
        Optional<Path> clientAuthority = optionalPath("server.tls_client_ca_file");
        if (certificate.isPresent() && privateKey.isPresent()) {
            return Optional.of(
                    new ServerTls.PemFiles(certificate.get(), privateKey.get(), clientAuthority));
        }
        if (certificate.isPresent() || privateKey.isPresent() || clientAuthority.isPresent()) {
            throw new StartRefused(
                    "server.tls_certificate_file and server.tls_private_key_file: TLS needs both");
        }
        return Optional.empty();
    }

    private Settings.Limits limits() {
        return new Settings.Limits(
                rate("server.requests_per_second_per_client", "server.requests_burst_per_client"),
                rate("server.events_per_second_per_user", "server.events_burst_per_user"),
                number("server.rate_limit_names_max", 1, 1_000_000),
                unlessZero("server.concurrent_requests_max"),
                number("server.queued_requests_max", 0, 1_000_000),
                millis("server.queue_timeout_ms", 1, 60_000));
    }

    private Optional<TokenBuckets.Rate> rate(String perSecondName, String burstName) {
        int perSecond = number(perSecondName, 0, RATE_MAX);
        int burst = number(burstName, 0, RATE_MAX);
        if (perSecond == 0) {
            return Optional.empty();
        }
        int defaultBurst = Math.min(RATE_MAX, perSecond * DEFAULT_BURST_SECONDS);
        return Optional.of(new TokenBuckets.Rate(perSecond, burst == 0 ? defaultBurst : burst));
    }

    private Settings.Drain drainer() {
        return new Settings.Drain(
                seconds("drainer.interval_seconds", 1, DAY_SECONDS),
                logPattern(),
                path("drainer.log_dir"),
                number("drainer.streams", 1, StreamSet.STREAMS_MAX),
                number("drainer.workers", 1, 256),
                seconds("drainer.lease_seconds", 1, 3600),
                millis("drainer.redis_timeout_ms", 50, 120_000),
                seconds("drainer.ledger_seconds", 60, 30 * DAY_SECONDS),
                millis("drainer.file_lock_timeout_ms", 1, 60_000),
                sync(),
                number("drainer.batch_elements_max", 1, 1_000_000),
                number("drainer.batch_bytes_max", 1024, 256 << 20),
                number("drainer.memory_bytes_max", 1024, 1 << 30));
    }

    private Sync sync() {
        return switch (text("drainer.sync")) {
            case "file" -> Sync.FILE;
            case "filesystem" -> Sync.FILESYSTEM;
            case String other ->
                    throw new StartRefused(
                            "drainer.sync: expected file or filesystem, not " + other);
        };
    }

    private RedisServer redisServer() {
        Optional<Path> certificate = optionalPath("redis.tls_certificate_file");
        Optional<Path> privateKey = optionalPath("redis.tls_private_key_file");
        if (certificate.isPresent() != privateKey.isPresent()) {
            throw new StartRefused(
                    "redis.tls_certificate_file and redis.tls_private_key_file: name both, or"
                            + " none");
        }
        RedisServer server =
                new RedisServer(
                        text("redis.url"),
                        optionalPath("redis.tls_ca_file").map(SettingsReader::content),
                        certificate.map(SettingsReader::content),
                        privateKey.map(SettingsReader::content));
        try {
            server.validate();
        } catch (IllegalStateException unusable) {
            throw new StartRefused(String.valueOf(unusable.getMessage()));
        } catch (RuntimeException invalid) {
            throw new StartRefused(
                    "redis.url: expected redis:// or rediss:// with a host, or with several of a"
                            + " cluster's nodes, redis://a:6379,b:6379; or redis-sentinel:// or"
                            + " rediss-sentinel:// with a name, redis-sentinel://a:26379#name");
        }
        return server;
    }

    private static byte[] content(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException unreadable) {
            throw new StartRefused(file + ": is no file that this user can read");
        }
    }

    private Durability durability() {
        String word = text("redis.durability");
        return Durability.of(word)
                .orElseThrow(() ->
                        new StartRefused(
                                "redis.durability: expected memory, aof or replicas:N with N from"
                                        + " 1 to 9, not "
                                        + word));
    }

    private String logPattern() {
        String pattern = text("drainer.log_pattern");
        if (!pattern.startsWith("logs:user_")) {
            throw new StartRefused(
                    "drainer.log_pattern: must begin with logs:user_, not " + pattern);
        }
        return pattern;
    }

    private Path path(String name) {
        try {
            return Path.of(text(name));
        } catch (InvalidPathException invalid) {
            throw new StartRefused(name + ": not a path on this system: " + invalid.getReason());
        }
    }

    /** Empty means that there is none. */
    private Optional<Path> optionalPath(String name) {
        return optionalText(name).isEmpty() ? Optional.empty() : Optional.of(path(name));
    }

    private OptionalInt observePort() {
        int port = number("observe.port", -1, 65_535);
        return port < 0 ? OptionalInt.empty() : OptionalInt.of(port);
    }

    private System.Logger.Level logLevel() {
        String word = text("log.level");
        try {
            return System.Logger.Level.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw new StartRefused(
                    "log.level: expected TRACE, DEBUG, INFO, WARNING, ERROR or OFF, not " + word);
        }
    }

    private String optionalText(String name) {
        return config.get(name).asString().orElse("").strip();
    }

    private String text(String name) {
        String value = optionalText(name);
        if (value.isEmpty()) {
            throw new StartRefused(name + ": must not be empty");
        }
        return value;
    }

    private int number(String name, int min, int max) {
        String value = text(name);
        try {
            int number = Integer.parseInt(value);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException noNumber) {
            // Said below.
        }
        throw new StartRefused(
                name + ": expected a whole number from " + min + " to " + max + ", not " + value);
    }

    private OptionalInt unlessZero(String name) {
        int number = number(name, 0, 1_000_000);
        return number == 0 ? OptionalInt.empty() : OptionalInt.of(number);
    }

    private Duration seconds(String name, int min, int max) {
        return Duration.ofSeconds(number(name, min, max));
    }

    private Duration millis(String name, int min, int max) {
        return Duration.ofMillis(number(name, min, max));
    }
}
