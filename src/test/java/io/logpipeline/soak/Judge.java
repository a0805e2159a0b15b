package io.logpipeline.soak;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Reads every day file, line by line, and says what is not as it was sent. Of a producer and a list
 * it remembers the next number alone.
 */
final class Judge {
    private static final int LINE_BYTES_MAX = 64 * 1024;
    private static final int PROBLEMS_SHOWN_MAX = 20;
    private static final int SHOWN_CHARACTERS_MAX = 200;
    private static final byte[] PRODUCER = ascii(",\"producer\":");
    private static final byte[] SEQUENCE = ascii(",\"seq\":");

    /**
     * What was found.
     *
     * @param landed whole lines
     * @param missing events that were sent and stand nowhere
     * @param duplicates lines whose event, or one sent after it, stands before them
     * @param jumps lines before which one is missing
     * @param torn lines that no event looks like, and last lines without an end
     * @param foreign files that are nobody's
     * @param nuls files with a zero byte
     * @param tornTails tails of interrupted writes, saved beside their files: no problem
     * @param problems the first few, in words
     */
    record Verdict(
            long landed,
            long missing,
            long duplicates,
            long jumps,
            long torn,
            long foreign,
            long nuls,
            long tornTails,
            List<String> problems) {}

    private final Workload workload;
    private final int[][] next;
    private final List<String> problems = new ArrayList<>();
    private long landed;
    private long missing;
    private long duplicates;
    private long jumps;
    private long torn;
    private long foreign;
    private long nuls;
    private long tornTails;

    Judge(Workload workload) {
        this.workload = workload;
        this.next = new int[workload.producers()][workload.lists()];
    }

    /**
     * Judges.
     *
     * @param sent by producer and list, how many events were acknowledged
     */
    Verdict judge(Path logDir, int[][] sent) throws IOException {
        try (Stream<Path> files = Files.walk(logDir)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                read(logDir, file);
            }
        }
        for (int producer = 0; producer < sent.length; producer++) {
            for (int list = 0; list < sent[producer].length; list++) {
                compare(producer, list, sent[producer][list]);
            }
        }
        return new Verdict(
                landed,
                missing,
                duplicates,
                jumps,
                torn,
                foreign,
                nuls,
                tornTails,
                List.copyOf(problems));
    }

    private void compare(int producer, int list, int sent) {
        int found = next[producer][list];
        missing += Math.max(0, sent - found);
        if (found != sent) {
            problem(
                    workload.file(list)
                            + ": of producer "
                            + producer
                            + " the last is "
                            + (found - 1)
                            + ", not "
                            + (sent - 1));
        }
    }

    private void read(Path logDir, Path file) throws IOException {
        String name = logDir.relativize(file).toString();
        if (name.endsWith(".torn")) {
            tornTails++;
            return;
        }
        if (name.startsWith(".log-pipeline")) {
            return;
        }
        OptionalInt list = workload.listOfFile(name);
        if (list.isEmpty()) {
            foreign++;
            problem("nobody's file: " + name);
            return;
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            readLines(name, list.getAsInt(), in);
        }
    }

    private void readLines(String name, int list, InputStream in) throws IOException {
        byte[] line = new byte[LINE_BYTES_MAX];
        int length = 0;
        boolean nul = false;
        for (int b = in.read(); b >= 0; b = in.read()) {
            nul |= b == 0;
            if (b == '\n') {
                judge(name, list, Arrays.copyOf(line, length));
                length = 0;
            } else if (length < line.length) {
                line[length++] = (byte) b;
            }
        }
        if (length > 0) {
            torn++;
            problem(name + ": the last line has no end");
        }
        if (nul) {
            nuls++;
            problem(name + ": holds a zero byte");
        }
    }

    private void judge(String name, int list, byte[] line) {
        int producer = number(line, PRODUCER);
        int sequence = number(line, SEQUENCE);
        if (producer < 0
                || producer >= workload.producers()
                || sequence < 0
                || !Arrays.equals(line, workload.line(list, producer, sequence))) {
            torn++;
            String text = new String(line, StandardCharsets.UTF_8);
            problem(
                    name
                            + ": torn: "
                            + text.substring(0, Math.min(text.length(), SHOWN_CHARACTERS_MAX)));
            return;
        }
        landed++;
        int expected = next[producer][list];
        if (sequence < expected) {
            duplicates++;
            problem(name + ": of producer " + producer + " again " + sequence);
            return;
        }
        if (sequence > expected) {
            jumps++;
            missing += sequence - expected;
            problem(name + ": of producer " + producer + " " + sequence + ", not " + expected);
        }
        next[producer][list] = sequence + 1;
    }

    /** The number behind the last occurrence of a name; -1 when there is none. */
    private static int number(byte[] line, byte[] name) {
        for (int at = line.length - name.length; at >= 0; at--) {
            if (Arrays.equals(line, at, at + name.length, name, 0, name.length)) {
                long number = 0;
                int digit = at + name.length;
                while (digit < line.length && line[digit] >= '0' && line[digit] <= '9') {
                    number = number * 10 + line[digit++] - '0';
                    if (number > Integer.MAX_VALUE) {
                        return -1;
                    }
                }
                return digit == at + name.length ? -1 : (int) number;
            }
        }
        return -1;
    }

    private void problem(String text) {
        if (problems.size() < PROBLEMS_SHOWN_MAX) {
            problems.add(text);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
