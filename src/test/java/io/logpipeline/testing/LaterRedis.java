package io.logpipeline.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A server of a later time than the embedded one, and built with TLS, for what differs: in the
 * directory of {@code logpipeline.tools} or on the path. Not everywhere to be had.
 */
public final class LaterRedis {
    private static final String PROGRAM = "valkey-server";

    private LaterRedis() {}

    /** For {@code @EnabledIf}. */
    public static boolean isThere() {
        return find().isPresent();
    }

    public static Path program() {
        return find().orElseThrow();
    }

    private static Optional<Path> find() {
        return Stream.concat(
                        Stream.of(System.getProperty("logpipeline.tools", "")),
                        Stream.of(System.getenv("PATH").split(":")))
                .map(directory -> Path.of(directory, PROGRAM))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
