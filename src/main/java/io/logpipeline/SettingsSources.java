package io.logpipeline;

import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import io.helidon.config.spi.ConfigSource;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Where settings come from: the built-in file, {@code application.yaml}, the file that is named,
 * the environment.
 *
 * <p>Invariant: no refusal shows text of a file but plain names of settings: a YAML library's own
 * words quote the file.
 */
final class SettingsSources {
    private static final String RESOURCE = "application.yaml";
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,80}");

    private SettingsSources() {}

    /**
     * All of them, of each setting the value that wins.
     *
     * @param environment the process' environment; only the names of settings are looked at
     * @param preset values that win over files, and lose against the environment
     * @param directory of the process
     * @throws StartRefused when a file can't be read, or names what is no setting
     */
    static Config merged(
            CommandLine commandLine,
            Map<String, String> environment,
            Map<String, String> preset,
            Path directory) {
        Set<String> known = leaves(config(List.of(ConfigSources.classpath(RESOURCE))));
        List<Supplier<? extends ConfigSource>> sources = new ArrayList<>();
        sources.add(ConfigSources.create(fromEnvironment(known, environment)));
        commandLine.config().ifPresent(file -> sources.add(file(file, known)));
        sources.add(ConfigSources.create(preset));
        Path beside = directory.resolve(RESOURCE);
        // A link to nothing is there too: somebody meant settings to be read.
        if (Files.exists(beside, LinkOption.NOFOLLOW_LINKS)) {
            sources.add(file(beside, known));
        }
        sources.add(ConfigSources.classpath(RESOURCE));
        return config(sources);
    }

    private static Config config(List<? extends Supplier<? extends ConfigSource>> sources) {
        return Config.builder()
                .sources(new ArrayList<>(sources))
                .disableEnvironmentVariablesSource()
                .disableSystemPropertiesSource()
                .build();
    }

    /** Read once: what was checked is what holds, also when somebody writes the file meanwhile. */
    private static Supplier<? extends ConfigSource> file(Path path, Set<String> known) {
        if (Files.isDirectory(path) || !Files.isReadable(path)) {
            throw new StartRefused(path + ": is no file that this user can read");
        }
        Config read;
        try {
            read = config(List.of(ConfigSources.file(path)));
        } catch (RuntimeException malformed) {
            throw new StartRefused(path + ": can't be read as YAML settings" + where(malformed));
        }
        Set<String> unknown = leaves(read);
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            String names =
                    unknown.stream().map(SettingsSources::shown).collect(Collectors.joining(", "));
            throw new StartRefused(path + ": unknown setting " + names);
        }
        return ConfigSources.create(read.asMap().get());
    }

    /** The place in the file, as far as the library tells. */
    private static String where(Throwable malformed) {
        for (Throwable cause = malformed; cause != null; cause = cause.getCause()) {
            if (cause instanceof MarkedYAMLException marked) {
                Mark mark = marked.getProblemMark();
                if (mark != null) {
                    int line = mark.getLine() + 1;
                    return ": look at line " + line + ", column " + (mark.getColumn() + 1);
                }
            }
        }
        return ": expected a file named *.yaml, its settings grouped as in the README";
    }

    private static String shown(String name) {
        return PLAIN_NAME.matcher(name).matches() ? name : "(not a plain name)";
    }

    private static Set<String> leaves(Config config) {
        Set<String> names = new TreeSet<>();
        config.traverse().filter(Config::isLeaf).forEach(leaf -> names.add(leaf.key().toString()));
        return names;
    }

    /** {@code redis.key_expiration_seconds} is {@code REDIS_KEY_EXPIRATION_SECONDS}. */
    private static Map<String, String> fromEnvironment(
            Set<String> known, Map<String, String> environment) {
        Map<String, String> values = new HashMap<>();
        for (String name : known) {
            String variable = name.replace('.', '_').toUpperCase(Locale.ROOT);
            String value = environment.get(variable);
            if (value != null) {
                values.put(name, value);
            }
        }
        return values;
    }
}
