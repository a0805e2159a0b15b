package io.logpipeline;

import io.logpipeline.telemetry.LogFormat;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** What stands behind {@code java -jar log-pipeline.jar}. */
record CommandLine(
        Role role,
        Optional<Path> config,
        Optional<LogFormat> logFormat,
        boolean untilParentEnds,
        boolean help,
        boolean version) {
    static final String USAGE =
            """
            usage: java -jar log-pipeline.jar [ROLE] [--config FILE] [--log-format text|json]
                                              [--until-parent-ends]

            roles
              api      POST /log into Redis
              drainer  Redis lists into day files
              all      both, in one process (the default)
              demo     both, with a Redis of its own: nothing to install

            options
              --config FILE       settings that win over ./application.yaml
              --log-format FORMAT text or json
              --until-parent-ends stop when the process that started this one is gone
              --help              this text
              --version           the version

            Settings and their environment variables are explained in application.yaml.
            """;

    static CommandLine parse(String... arguments) {
        Role role = Role.ALL;
        Optional<Path> config = Optional.empty();
        Optional<LogFormat> logFormat = Optional.empty();
        boolean untilParentEnds = false;
        boolean help = false;
        boolean version = false;
        int next = 0;
        if (arguments.length > 0 && !arguments[0].startsWith("-")) {
            role = role(arguments[0]);
            next = 1;
        }
        while (next < arguments.length) {
            String option = arguments[next++];
            switch (option) {
                case "--help", "-h" -> help = true;
                case "--version" -> version = true;
                case "--until-parent-ends" -> untilParentEnds = true;
                case "--config" ->
                        config = Optional.of(path(option, value(arguments, next++, option)));
                case "--log-format" ->
                        logFormat =
                                Optional.of(logFormat(option, value(arguments, next++, option)));
                default ->
                        throw new StartRefused("unknown option " + shown(option) + "; try --help");
            }
        }
        return new CommandLine(role, config, logFormat, untilParentEnds, help, version);
    }

    private static Role role(String word) {
        return Role.of(word)
                .orElseThrow(() ->
                        new StartRefused(
                                "unknown role " + shown(word) + ": expected " + Role.words()));
    }

    private static String value(String[] arguments, int index, String option) {
        if (index >= arguments.length) {
            throw new StartRefused(option + " needs a value");
        }
        return arguments[index];
    }

    /** What was meant for a setting, such as a URL with a password, is not shown. */
    private static String shown(String word) {
        return word.matches("[A-Za-z0-9_.-]{1,80}") ? word : "(not a plain word)";
    }

    private static Path path(String option, String word) {
        try {
            return Path.of(word);
        } catch (InvalidPathException invalid) {
            throw new StartRefused(option + ": not a path on this system: " + invalid.getReason());
        }
    }

    /** The format of that name, for an option or a setting. */
    static LogFormat logFormat(String where, String word) {
        for (LogFormat format : LogFormat.values()) {
            if (format.name().toLowerCase(Locale.ROOT).equals(word)) {
                return format;
            }
        }
        throw new StartRefused(where + ": expected text or json, not " + word);
    }
}
