package io.logpipeline.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
 * @param durability levels at which ours is measured too: {@code memory}, {@code aof-everysec},
 *     {@code aof-always}, {@code replicas:N}, each with a Redis of its own
 * @param redis the program of every Redis; for {@code aof} one that has WAITAOF
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
        List<String> durability,
        String redis,
        List<String> javaOptions) {

    static Options parse(List<String> words) {
        Arguments given = new Arguments(words);
        Options options =
                new Options(
                        minutes(given.take("minutes", given.quickly("2.4", "13"))),
                        given.number("seconds", 2),
                        given.numbers("connections", given.quickly("64", "1,64,512")),
                        given.numbers("users", given.quickly("1000", "10,100000")),
                        given.numbers("events", "1,1000"),
                        given.words("only", "", ","),
                        also(given.words("also", "", ",")),
                        given.words("durability", "", ","),
                        given.take("redis", "redis-server"),
                        given.words("java", "-Xms1g -Xmx1g", " "));
        given.end();
        return options;
    }

    private static Map<String, Path> also(List<String> named) {
        Map<String, Path> jars = new LinkedHashMap<>();
        for (String each : named) {
            int colon = each.indexOf(':');
            jars.put(each.substring(0, colon), Path.of(each.substring(colon + 1)));
        }
        return jars;
    }

    private static Duration minutes(String text) {
        return Duration.ofSeconds(Math.round(60 * Double.parseDouble(text)));
    }

    boolean wants(String name) {
        return only.isEmpty()
                || only.contains(name)
                || durability.stream().anyMatch(level -> name.endsWith(", " + level));
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
