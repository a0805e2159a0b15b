package io.logpipeline.soak;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who sends what: every event is known by its producer, its list and its number there, from 0
 * without a gap, and its bytes follow from these three.
 *
 * @param producers each sends one request after the other
 * @param users some of them hot
 * @param days for each user, one list a day
 */
record Workload(int producers, int users, int days) {
    private static final int FIRST_DAY = 19_818;
    private static final int SECONDS_PER_DAY = 86_400;
    private static final int HOT_USERS = 8;
    private static final int HOT_ONE_IN = 5;
    private static final int LONG_ONE_IN = 4_096;
    private static final int LONG_TEXT_CHARACTERS = 8_192;
    private static final int PADDING_CHARACTERS = 120;
    private static final String PADDING = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final Pattern FILE = Pattern.compile("user_s(\\d{1,7})/(\\d{5})\\.jsonl");

    int lists() {
        return users * days;
    }

    /** Some list, now and then one of the hot ones. */
    int pick(SplittableRandom random) {
        int hot = Math.min(HOT_USERS, users);
        int user = random.nextInt(HOT_ONE_IN) == 0 ? random.nextInt(hot) : random.nextInt(users);
        return user * days + random.nextInt(days);
    }

    String key(int list) {
        return "logs:user_s" + list / days + ":" + day(list);
    }

    /** Relative to the log directory. */
    String file(int list) {
        return "user_s" + list / days + "/" + day(list) + ".jsonl";
    }

    /** Whose file it is; empty when it is none of ours. */
    OptionalInt listOfFile(String file) {
        Matcher name = FILE.matcher(file);
        if (!name.matches()) {
            return OptionalInt.empty();
        }
        int user = Integer.parseInt(name.group(1));
        int day = Integer.parseInt(name.group(2)) - FIRST_DAY;
        boolean ours = user < users && day >= 0 && day < days;
        return ours ? OptionalInt.of(user * days + day) : OptionalInt.empty();
    }

    private int day(int list) {
        return FIRST_DAY + list % days;
    }

    /** As it is sent, and as it must stand in its file. */
    byte[] line(int list, int producer, int sequence) {
        long hash = mixed(((long) list << 40) ^ ((long) producer << 32) ^ sequence);
        long second = (hash >>> 8) % SECONDS_PER_DAY;
        StringBuilder line = new StringBuilder(160);
        line.append("{\"user_id\":\"s").append(list / days).append("\",\"event\":\"");
        text(line, hash);
        line.append("\",\"timestamp\":").append((long) day(list) * SECONDS_PER_DAY + second);
        line.append(",\"producer\":").append(producer);
        line.append(",\"seq\":").append(sequence).append('}');
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void text(StringBuilder line, long hash) {
        if (Long.remainderUnsigned(hash, LONG_ONE_IN) == 0) {
            line.repeat("long ", LONG_TEXT_CHARACTERS / 5);
            return;
        }
        switch ((int) (hash & 7)) {
            case 0 -> line.append("clicked_button");
            case 1 -> line.append("caf\u00e9 \u4e2d\u6587 \uD83D\uDE80");
            case 2 -> line.append("two\\nlines, a \\\"quote\\\", a \\\\ and a \\u0000");
            default -> {
                int characters = 1 + (int) ((hash >>> 40) % PADDING_CHARACTERS);
                for (int i = 0; i < characters; i++) {
                    line.append(PADDING.charAt((int) (((hash >>> 16) + i) % PADDING.length())));
                }
            }
        }
    }

    /** The finisher of SplitMix64, then without a sign. */
    private static long mixed(long value) {
        long z = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return (z ^ z >>> 31) >>> 1;
    }
}
