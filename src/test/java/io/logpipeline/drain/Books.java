package io.logpipeline.drain;

import io.logpipeline.simulation.SimulatedDisk;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was stored in Redis, what became of it there, and so what the files must hold: each event
 * that Redis still has or had until it was settled as often as it was stored, whole, in order; one
 * that Redis lost at most as often.
 */
final class Books {
    private enum Fate {
        KEPT,
        FORGOTTEN,
        EXPIRED
    }

    /** One event in one list, once. */
    private static final class Stored {
        final int moment;
        final int producer;
        final int number;
        Fate fate;
        boolean settled;
        boolean wasLost;

        Stored(int moment, int producer, int number, Fate fate) {
            this.moment = moment;
            this.producer = producer;
            this.number = number;
            this.fate = fate;
            this.wasLost = fate != Fate.KEPT;
        }

        void lose(Fate how) {
            fate = how;
            wasLost = true;
        }
    }

    private final boolean repeats;
    private final Map<String, List<Stored>> byLine = new LinkedHashMap<>();
    private final Set<String> givenUp = new HashSet<>();
    private final List<String> problems = new ArrayList<>();

    /**
     * @param repeats whether the same text is another event each time
     */
    Books(boolean repeats) {
        this.repeats = repeats;
    }

    /** The line that an element becomes. */
    static String line(String element) {
        return element.indexOf('\n') < 0
                ? element
                : "\"" + element.replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }

    void problem(String problem) {
        problems.add(problem);
    }

    /**
     * Notes an event that a server stored.
     *
     * @param moment of the server's history; negative when what this server stores is lost anyway
     */
    void stored(String element, int moment) {
        Fate fate = moment < 0 ? Fate.FORGOTTEN : Fate.KEPT;
        int producer = number(element, "from");
        int number = number(element, "n");
        byLine.computeIfAbsent(line(element), absent -> new ArrayList<>())
                .add(new Stored(moment, producer, number, fate));
    }

    private static int number(String element, String member) {
        int start = element.indexOf("\"" + member + "\":") + member.length() + 3;
        int end = start;
        while (Character.isDigit(element.charAt(end))) {
            end++;
        }
        return Integer.parseInt(element, start, end, 10);
    }

    /** A commit says that they stand in the file, whatever becomes of Redis. */
    void settled(List<String> elements) {
        for (String element : elements) {
            byLine.get(line(element)).stream()
                    .filter(each -> !each.settled)
                    .min(Comparator.comparing(each -> each.fate))
                    .ifPresent(each -> {
                        each.settled = true;
                        each.fate = Fate.KEPT;
                    });
        }
    }

    /** Nobody knows whether or when they are stored: they have no order. */
    void givenUp(List<String> elements) {
        elements.forEach(element -> givenUp.add(line(element)));
    }

    boolean isKept(String element) {
        return byLine.getOrDefault(line(element), List.of()).stream()
                .anyMatch(each -> each.fate == Fate.KEPT);
    }

    /** Redis forgot what came after a moment. */
    void fellBack(int moment) {
        for (List<Stored> all : byLine.values()) {
            for (Stored each : all) {
                if (each.moment > moment && !each.settled) {
                    each.lose(Fate.FORGOTTEN);
                }
            }
        }
    }

    /** A list's time was over. */
    void expired(List<String> elements) {
        for (String element : elements) {
            for (Stored each : byLine.getOrDefault(line(element), List.of())) {
                if (each.fate == Fate.KEPT && !each.settled) {
                    each.lose(Fate.EXPIRED);
                    break;
                }
            }
        }
    }

    int keptEvents() {
        return byLine.values().stream()
                .mapToInt(all -> (int) all.stream().filter(s -> s.fate == Fate.KEPT).count())
                .sum();
    }

    /** Compares with the files; empty when all is well. */
    List<String> judge(SimulatedDisk disk) {
        Map<String, Integer> found = new HashMap<>();
        Map<String, Integer> lastOfProducer = new HashMap<>();
        for (Path path : disk.dayFiles()) {
            String content = new String(disk.content(path), StandardCharsets.ISO_8859_1);
            if (!content.isEmpty() && !content.endsWith("\n")) {
                problems.add(path + " ends within a line");
            }
            for (String line : content.lines().toList()) {
                found.merge(line, 1, Integer::sum);
                List<Stored> stored = byLine.get(line);
                if (stored == null) {
                    problems.add(path + " holds a torn line: " + line.replace("\0", "\\0"));
                } else if (!repeats
                        && stored.size() == 1
                        && !stored.getFirst().wasLost
                        && !givenUp.contains(line)) {
                    Stored only = stored.getFirst();
                    Integer before =
                            lastOfProducer.put(path.getParent() + "/" + only.producer, only.number);
                    if (before != null && before > only.number) {
                        problems.add(path + ": " + line + " stands too late");
                    }
                }
            }
        }
        byLine.forEach((line, stored) -> {
            int count = found.getOrDefault(line, 0);
            long least = stored.stream().filter(each -> each.fate == Fate.KEPT).count();
            if (!repeats) {
                // What Redis forgot and was sent again is found where it stood before.
                least = Math.min(least, 1);
            }
            if (count < least) {
                problems.add(line + " is lost: " + count + " of " + least);
            } else if (count > stored.size()) {
                problems.add(line + " stands " + count + " times, stored " + stored.size());
            }
        });
        return problems;
    }
}
