package io.logpipeline.bench;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Events that carry a number each. All are of one length, so that the size of a file tells how many
 * it holds. Immutable: any thread makes any line.
 */
final class NumberedLines {
    static final long TIMESTAMP = 1_712_345_678;

    /** Has as many digits as all that follow it. */
    static final long FIRST = 1_000_000_000;

    private static final int USER_DIGITS = 6;
    private static final int NUMBER_DIGITS = 10;
    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    private final int users;
    private final byte[] pattern;
    private final int userAt;
    private final int numberAt;

    private NumberedLines(int users, String quote) {
        this.users = users;
        String text =
                "{'user_id':'000000','event':'clicked_button','timestamp':%d,'seq':0000000000}"
                        .formatted(TIMESTAMP)
                        .replace("'", quote);
        pattern = ascii(text);
        userAt = text.indexOf("0".repeat(USER_DIGITS));
        numberAt = text.indexOf("0".repeat(NUMBER_DIGITS));
    }

    static NumberedLines plain(int users) {
        return new NumberedLines(users, "\"");
    }

    /** The same lines as they stand within a JSON string. */
    static NumberedLines insideString(int users) {
        return new NumberedLines(users, "\\\"");
    }

    int users() {
        return users;
    }

    int length() {
        return pattern.length;
    }

    /** Users come in equal shares, in no order that a cache could guess. */
    int user(long number) {
        return (int) ((number * GOLDEN_RATIO >>> 33) % users);
    }

    static String userId(int user) {
        return "%06d".formatted(user);
    }

    /** The id's bytes. */
    static byte[] userKey(int user) {
        byte[] key = new byte[USER_DIGITS];
        digits(user, key, 0, USER_DIGITS);
        return key;
    }

    byte[] line(long number) {
        byte[] line = pattern.clone();
        digits(user(number), line, userAt, USER_DIGITS);
        digits(number, line, numberAt, NUMBER_DIGITS);
        return line;
    }

    /** The number of a line that is whole and as it was made; -1 of any other. */
    long numberOf(byte[] line) {
        if (line.length != pattern.length) {
            return -1;
        }
        long number = 0;
        for (int at = numberAt; at < numberAt + NUMBER_DIGITS; at++) {
            number = 10 * number + line[at] - '0';
        }
        return number >= FIRST && Arrays.equals(line, line(number)) ? number : -1;
    }

    /** What stands before the first and behind the last, and before and behind each. */
    record Around(String first, String before, String after, String last) {}

    /** Some of them from a number on, with commas between them. */
    byte[] list(long from, int count, Around around) {
        byte[] before = ascii(around.before());
        byte[] after = ascii(around.after() + ",");
        int each = before.length + pattern.length + after.length;
        ByteArrayOutputStream all = new ByteArrayOutputStream(count * each + 16);
        all.writeBytes(ascii(around.first()));
        for (int i = 0; i < count; i++) {
            all.writeBytes(before);
            all.writeBytes(line(from + i));
            all.write(after, 0, i < count - 1 ? after.length : after.length - 1);
        }
        all.writeBytes(ascii(around.last()));
        return all.toByteArray();
    }

    private static void digits(long value, byte[] into, int at, int count) {
        long rest = value;
        for (int i = at + count - 1; i >= at; i--) {
            into[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
