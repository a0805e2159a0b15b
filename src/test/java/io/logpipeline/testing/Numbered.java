package io.logpipeline.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
        acknowledged.computeIfAbsent(user, absent -> new ArrayList<>()).add(sequence);
    }

    public int acknowledgedCount() {
        return acknowledged.values().stream().mapToInt(List::size).sum();
    }

    /**
     * Every acknowledged event is in its file once, whole and in order; others at most once.
     *
     * @return how many lines there are
     */
    public long verify(Path logDir) throws IOException {
        List<String> problems = new ArrayList<>();
        long lines = 0;
        for (Map.Entry<String, List<Integer>> each : acknowledged.entrySet()) {
            lines += verify(logDir, each.getKey(), each.getValue(), problems);
        }
        assertThat(problems).isEmpty();
        return lines;
    }

    private static long verify(
            Path logDir, String user, List<Integer> expected, List<String> problems)
            throws IOException {
        Path file = logDir.resolve("user_" + user).resolve(DAY_FILE);
        if (!Files.exists(file)) {
            problems.add(user + ": no file for " + expected.size() + " events");
            return 0;
        }
        List<Integer> found = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                int sequence = sequenceOf(line);
                if (sequence < 0 || !line.equals(line(user, sequence))) {
                    problems.add(user + ": torn or foreign line " + line);
                    return found.size();
                }
                found.add(sequence);
            }
        }
        int previous = -1;
        for (int sequence : found) {
            if (sequence <= previous) {
                problems.add(user + ": " + sequence + " stands after " + previous);
            }
            previous = sequence;
        }
        if (!new HashSet<>(found).containsAll(expected)) {
            List<Integer> missing = new ArrayList<>(expected);
            missing.removeAll(found);
            problems.add(user + ": lost " + missing);
        }
        byte[] all = Files.readAllBytes(file);
        if (all.length > 0 && all[all.length - 1] != '\n') {
            problems.add(user + ": the last line has no end");
        }
        return found.size();
    }

    private static int sequenceOf(String line) {
        int colon = line.lastIndexOf(':');
        try {
            return Integer.parseInt(line.substring(colon + 1, line.length() - 1));
        } catch (NumberFormatException | IndexOutOfBoundsException torn) {
            return -1;
        }
    }
}
