package io.logpipeline.operations;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Programs that are not part of the build, and must be there where they are asked for. */
final class Tools {
    /** Names a directory with prometheus and promtool; the others are there or on the path. */
    static final String PROPERTY = "logpipeline.tools";

    record Result(int status, String output) {}

    private Tools() {}

    static Path program(String name) {
        Stream<Path> directories =
                Stream.concat(
                        Stream.of(Path.of(System.getProperty(PROPERTY))),
                        Stream.of(System.getenv("PATH").split(":")).map(Path::of));
        return directories
                .map(directory -> directory.resolve(name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() ->
                        new AssertionError(
                                name
                                        + " is neither in the directory of -D"
                                        + PROPERTY
                                        + " nor on the path"));
    }

    /** Runs a program to its end. */
    static Result run(String program, List<String> arguments, Path input) {
        List<String> command = new ArrayList<>(List.of(program(program).toString()));
        command.addAll(arguments);
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectInput(input.toFile())
                            .start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    static Result run(String program, String... arguments) {
        return run(program, List.of(arguments), Path.of("/dev/null"));
    }
}
