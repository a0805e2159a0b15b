package io.logpipeline.crash;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Judges one user's day after all is quiet: every acknowledged event once, whole and in order;
 * nothing left in Redis but what ends by itself; only the damage beside the file that was done to
 * it.
 */
final class Oracle {
    private static final Duration ENTRY_ENDS_WITHIN = Duration.ofSeconds(20);
    private static final long LOOK_NANOS = 20_000_000;

    private Oracle() {}

    static Verdict judge(Stage stage) throws IOException {
        Verdict verdict = file(stage.file(), stage.events);
        List<String> problems = new ArrayList<>();
        redis(stage, problems);
        beside(stage, problems);
        return verdict.and(new Verdict(0, 0, 0, problems));
    }

    /** The file alone: what may be looked at again at any time after. */
    static Verdict file(Path file, List<String> events) throws IOException {
        String text = Files.exists(file) ? Files.readString(file) : "";
        int end = text.lastIndexOf('\n') + 1;
        int torn = end < text.length() ? 1 : 0;
        List<String> known = new ArrayList<>();
        Set<String> sent = new HashSet<>(events);
        for (String line : text.substring(0, end).lines().toList()) {
            if (sent.contains(line)) {
                known.add(line);
            } else {
                torn++;
            }
        }
        Set<String> found = new HashSet<>(known);
        int lost = sent.size() - found.size();
        int doubled = known.size() - found.size();
        List<String> problems = new ArrayList<>();
        if (lost + doubled + torn > 0 || !known.equals(events)) {
            problems.add(file + " holds " + abridged(text));
        }
        return new Verdict(lost, doubled, torn, problems);
    }

    /** A sweep that looked before the end may have given the list an entry, which soon ends. */
    private static long handedOutForLong(Stage stage) {
        long endNanos = System.nanoTime() + ENTRY_ENDS_WITHIN.toNanos();
        while (true) {
            long handed =
                    stage.redis.with(
                            commands -> commands.xpending("logs:pending", "drainers").getCount());
            if (handed == 0 || System.nanoTime() - endNanos > 0) {
                return handed;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static void redis(Stage stage, List<String> problems) throws IOException {
        Map<String, String> ledger = stage.redis.with(commands -> commands.hgetall(stage.ledger()));
        long size = Files.exists(stage.file()) ? Files.size(stage.file()) : 0;
        if (!Long.toString(size).equals(ledger.get("position"))) {
            problems.add("the ledger is " + ledger + ", the file's size " + size);
        }
        if (ledger.containsKey("batch_id")) {
            problems.add("the ledger names a batch: " + ledger);
        }
        for (String key :
                stage.redis.with(commands -> commands.keys("*user_" + stage.user + "*"))) {
            // -1: it would stay for ever; -2: it ended meanwhile.
            if (stage.redis.with(commands -> commands.ttl(key)) == -1) {
                problems.add("left in Redis for ever: " + key);
            }
        }
        long handed = handedOutForLong(stage);
        if (handed > 0) {
            problems.add(handed + " entries handed out and not ended");
        }
    }

    private static void beside(Stage stage, List<String> problems) throws IOException {
        Path torn = stage.file().resolveSibling(Stage.DAY + ".jsonl.torn");
        try (Stream<Path> files = Files.list(stage.file().getParent())) {
            files.filter(each -> !each.equals(stage.file()) && !each.equals(torn))
                    .forEach(each -> problems.add("left beside the file: " + each));
        }
        byte[] saved = Files.exists(torn) ? Files.readAllBytes(torn) : new byte[0];
        if (!new String(saved, StandardCharsets.UTF_8).contains(stage.torn)) {
            problems.add("the torn line was not saved");
        }
        if (!isPiecesOf(saved, stage.events)) {
            problems.add("saved as torn: " + abridged(new String(saved, StandardCharsets.UTF_8)));
        }
    }

    /** Whether bytes are beginnings of events, one after the other: what cut writes leave. */
    static boolean isPiecesOf(byte[] saved, List<String> events) {
        byte[][] lines =
                events.stream()
                        .map(event -> event.getBytes(StandardCharsets.UTF_8))
                        .toArray(byte[][]::new);
        TreeSet<Integer> reached = new TreeSet<>(Set.of(0));
        for (Integer at = 0; at != null; at = reached.higher(at)) {
            for (byte[] line : lines) {
                for (int i = 0;
                        i < line.length && at + i < saved.length && saved[at + i] == line[i];
                        i++) {
                    reached.add(at + i + 1);
                }
            }
        }
        return reached.contains(saved.length);
    }

    private static String abridged(String text) {
        return text.length() < 2000 ? text : text.substring(0, 2000) + "…";
    }
}
