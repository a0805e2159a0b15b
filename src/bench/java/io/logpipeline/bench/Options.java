package io.logpipeline.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the command line asks for.
 *
 * @param time that all of it takes, but for the start of the servers and the last round's end
 * @param seconds that each load is on each server in a round
 * @param only names of the servers to start; empty: all
 * @param also more builds of ours to compare: name and jar
 * @param javaOptions of every JVM that is measured, ours and peers
 */
record Options(
        Duration time,
        int seconds,
        List<Integer> connections,
        List<Integer> users,
        List<Integer> events,
        List<String> only,
        Map<String, Path> also,
        List<String> javaOptions) {

    static Options parse(List<String> arguments) {
        Map<String, String> given = new LinkedHashMap<>();
        Map<String, Path> also = new LinkedHashMap<>();
        boolean quick = arguments.contains("--quick");
        for (String argument : arguments) {
            if (argument.equals("--quick")) {
                continue;
            }
            int equals = argument.indexOf('=');
            if (!argument.startsWith("--") || equals < 0) {
                throw new IllegalArgumentException("expected --name=value, not " + argument);
            }
            String name = argument.substring(2, equals);
            String value = argument.substring(equals + 1);
            if (name.equals("also")) {
                int colon = value.indexOf(':');
                also.put(value.substring(0, colon), Path.of(value.substring(colon + 1)));
            } else {
                given.put(name, value);
            }
        }
        Options options =
                new Options(
                        minutes(take(given, "minutes", quick ? "2.4" : "13")),
                        Integer.parseInt(take(given, "seconds", "2")),
                        numbers(take(given, "connections", quick ? "64" : "1,64,512")),
                        numbers(take(given, "users", quick ? "1000" : "10,100000")),
                        numbers(take(given, "events", "1,1000")),
                        words(take(given, "only", ""), ","),
                        also,
                        words(take(given, "java", "-Xms1g -Xmx1g"), " "));
        if (!given.isEmpty()) {
            throw new IllegalArgumentException("unknown: " + given.keySet());
        }
        return options;
    }

    private static String take(Map<String, String> given, String name, String otherwise) {
        String value = given.remove(name);
        return value == null ? otherwise : value;
    }

    private static Duration minutes(String text) {
        return Duration.ofSeconds(Math.round(60 * Double.parseDouble(text)));
    }

    private static List<Integer> numbers(String text) {
        return words(text, ",").stream().map(Integer::valueOf).toList();
    }

    private static List<String> words(String text, String separator) {
        return Arrays.stream(text.split(separator)).filter(word -> !word.isBlank()).toList();
    }

    boolean wants(String name) {
        return only.isEmpty() || only.contains(name);
    }

    List<Load> loads() {
        List<Load> loads = new ArrayList<>();
        for (int perRequest : events) {
            for (int connected : connections) {
                for (int ids : users) {
                    loads.add(new Load(perRequest, connected, ids));
                }
            }
        }
        return loads;
    }
}
