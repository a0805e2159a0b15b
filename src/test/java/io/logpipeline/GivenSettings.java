package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.AbstractStringAssert;

/** What a test sets, in which way, and how the reader takes it. */
final class GivenSettings {
    final Map<String, String> environment = new HashMap<>();
    private final Path directory;
    private CommandLine commandLine = CommandLine.parse();

    /**
     * @param directory in which a file of settings may lie
     */
    GivenSettings(Path directory) {
        this.directory = directory;
    }

    Settings read() {
        return read(Map.of());
    }

    Settings read(Map<String, String> preset) {
        return SettingsReader.read(commandLine, environment, preset, directory);
    }

    AbstractStringAssert<?> refusal() {
        return assertThatThrownBy(this::read)
                .isInstanceOf(StartRefused.class)
                .message()
                .doesNotContain("\n");
    }

    /** With these in the environment, and nothing else: name, value. */
    AbstractStringAssert<?> refusalWith(String... namesAndValues) {
        environment.clear();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return refusal();
    }

    void commandLine(String... arguments) {
        commandLine = CommandLine.parse(arguments);
    }

    void beside(String yaml) throws IOException {
        Files.writeString(directory.resolve("application.yaml"), yaml);
    }

    Path config(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("more.yaml"), yaml);
        commandLine("all", "--config", file.toString());
        return file;
    }
}
