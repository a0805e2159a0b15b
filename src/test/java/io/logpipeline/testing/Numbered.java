package io.logpipeline.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The oracle: users whose events are numbered in the order in which they were sent, and what must
 * have become of them.
 */
public final class Numbered {
    private static final long TIMESTAMP = 1_712_345_678L;
    private static final String DAY_FILE = "19818.jsonl";

    private final String prefix;
    private final Map<String, List<Integer>> acknowledged = new ConcurrentHashMap<>();
    private final Map<String, Set<Integer>> unsettled = new ConcurrentHashMap<>();
    private final Map<String, Set<Integer>> perhapsTwice = new ConcurrentHashMap<>();
    private int twice;

    /**
     * @param prefix tells these users from others in the same directory
     */
    public Numbered(String prefix) {
        this.prefix = prefix;
    }

    public String user(int number) {
        return prefix + number;
    }

    /** The event as sent and as it must stand in the file. */
    public static String line(String user, int sequence) {
        return "{\"user_id\":\""
                + user
                + "\",\"event\":\"tick\",\"timestamp\":"
                + TIMESTAMP
                + ",\"seq\":"
                + sequence
                + "}";
    }

    /** The Redis list of a user's events. */
    public static String list(String user) {
        return "logs:user_" + user + ":19818";
    }

    /** Notes an answer 200; one user's come from one thread, in order. */
    public void acknowledged(String user, int sequence) {
        unsettled.getOrDefault(user, new HashSet<>()).remove(sequence);
        acknowledged.computeIfAbsent(user, absent -> new ArrayList<>()).add(sequence);
    }

    public int acknowledgedCount() {
        return acknowledged.values().stream().mapToInt(List::size).sum();
    }

    /**
     * Notes an event that may be lost and may have landed, at most once and anywhere: its answer
     * never came, or Redis forgot it.
     */
    public void unsettled(String user, int sequence) {
        unsettled.computeIfAbsent(user, absent -> ConcurrentHashMap.newKeySet()).add(sequence);
    }

    /**
     * Notes of an acknowledged event that an earlier try of it may have been stored and forgotten:
     * it may stand a second time, anywhere.
     */
    public void perhapsTwice(String user, int sequence) {
        perhapsTwice.computeIfAbsent(user, absent -> ConcurrentHashMap.newKeySet()).add(sequence);
    }

    /** Of how many events that is noted, and how many of them were found twice. */
    public String retries() {
        int count = perhapsTwice.values().stream().mapToInt(Set::size).sum();
        return "%d of %d retries over a kill doubled".formatted(twice, count);
    }

    /** Those of whom anything is noted. */
    public Set<String> users() {
        Set<String> users = new TreeSet<>(acknowledged.keySet());
        users.addAll(unsettled.keySet());
        return users;
    }

    /** What is wrong with a user's events. */
    public enum Fault {
        LOST,
        DOUBLED,
        TORN,
        DISORDERED,
        /** Left in Redis, or the ledger is not where the file ends. */
        UNSETTLED
    }

    /** One thing found wrong. */
    public record Finding(Fault fault, String user, String what) {}

    /**
     * Every acknowledged event is in its file once, whole and in order; others at most once.
     *
     * @return how many lines there are
     */
    public long verify(Path logDir) throws IOException {
        List<Finding> findings = new ArrayList<>();
        long lines = judge(logDir, findings);
        assertThat(findings).isEmpty();
        return lines;
    }

    /**
     * As {@link #verify}, telling what is wrong.
     *
     * @return how many lines there are
     */
    public long judge(Path logDir, List<Finding> findings) throws IOException {
        twice = 0;
        long lines = 0;
        for (String user : users()) {
            lines += judge(logDir, user, findings);
        }
        return lines;
    }

    private long judge(Path logDir, String user, List<Finding> findings) throws IOException {
        List<Integer> expected = acknowledged.getOrDefault(user, List.of());
        Set<Integer> anywhere = unsettled.getOrDefault(user, Set.of());
        Path file = file(logDir, user);
        String text = Files.exists(file) ? Files.readString(file) : "";
        if (!text.isEmpty() && !text.endsWith("\n")) {
            findings.add(new Finding(Fault.TORN, user, "the last line has no end"));
        }
        Set<Integer> onceMore = new HashSet<>(perhapsTwice.getOrDefault(user, Set.of()));
        Set<Integer> found = new HashSet<>();
        int previous = -1;
        for (String line : text.lines().toList()) {
            int sequence = sequenceOf(line);
            if (sequence < 0 || !line.equals(line(user, sequence))) {
                findings.add(new Finding(Fault.TORN, user, "torn or foreign line " + line));
            } else if (!found.add(sequence)) {
                if (onceMore.remove(sequence)) {
                    twice++;
                } else {
                    findings.add(new Finding(Fault.DOUBLED, user, sequence + " stands twice"));
                }
            } else if (!anywhere.contains(sequence)) {
                if (sequence < previous) {
                    findings.add(
                            new Finding(
                                    Fault.DISORDERED, user, sequence + " is after " + previous));
                }
                previous = sequence;
            }
        }
        List<Integer> missing = new ArrayList<>(expected);
        missing.removeAll(found);
        if (!missing.isEmpty()) {
            findings.add(new Finding(Fault.LOST, user, "lost " + missing));
        }
        return found.size();
    }

    /** A user's file. */
    public static Path file(Path logDir, String user) {
        return logDir.resolve("user_" + user).resolve(DAY_FILE);
    }

    /** The number of a line, or -1 when it has none. */
    public static int sequenceOf(String line) {
        int colon = line.lastIndexOf(':');
        try {
            return Integer.parseInt(line.substring(colon + 1, line.length() - 1));
        } catch (NumberFormatException | IndexOutOfBoundsException torn) {
            return -1;
        }
    }
}
