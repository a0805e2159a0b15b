package io.logpipeline.event;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One user and one UTC day: what names both the Redis list and the day file of an event.
 *
 * <p>Invariant: only what {@link #fromKey} reads back is ever built, so key and path are
 * reversible, never collide and never leave the log directory. Every byte of the id outside {@code
 * A-Z a-z 0-9 . _ ~ @ -} is percent-encoded, in the key and in the path alike.
 *
 * @param userId 1 to 128 characters, see {@link #problemWith}
 * @param day days since 1970-01-01 UTC, 0 to 2932896 (9999-12-31)
 */
public record UserDay(String userId, long day) {
    /** The last second that an event may carry: the end of the year 9999, UTC. */
    public static final long TIMESTAMP_SECONDS_MAX = 253_402_300_799L;

    private static final long SECONDS_PER_DAY = 86_400;
    private static final long DAY_MAX = TIMESTAMP_SECONDS_MAX / SECONDS_PER_DAY;
    private static final int DAY_DIGITS_MAX = 7;
    private static final int ID_CHARACTERS_MAX = 128;
    private static final int ENCODED_ID_BYTES_MAX = 200;
    private static final String KEY_PREFIX = "logs:user_";
    private static final String HEX_DIGITS = "0123456789ABCDEF";

    /**
     * @throws IllegalArgumentException for an id or a day outside the rules
     */
    public UserDay {
        Optional<String> problem = problemWith(userId);
        if (problem.isPresent()) {
            throw new IllegalArgumentException("user id: " + problem.get());
        }
        if (day < 0 || day > DAY_MAX) {
            throw new IllegalArgumentException("day out of range: " + day);
        }
    }

    /**
     * The user's day that holds a moment.
     *
     * @param timestampSeconds since 1970-01-01 UTC
     */
    public static UserDay of(String userId, long timestampSeconds) {
        return new UserDay(userId, Math.floorDiv(timestampSeconds, SECONDS_PER_DAY));
    }

    /**
     * Why an id is refused; empty when it is not.
     *
     * <p>Refused are: an empty id, more than 128 characters (code points), a control character, an
     * unpaired surrogate (it has no UTF-8 form), more than 200 bytes once percent-encoded.
     */
    public static Optional<String> problemWith(String userId) {
        if (userId.isEmpty()) {
            return Optional.of("must not be empty");
        }
        int characters = 0;
        int encodedBytes = 0;
        int character;
        for (int i = 0; i < userId.length(); i += Character.charCount(character)) {
            character = userId.codePointAt(i);
            if (Character.isISOControl(character)) {
                return Optional.of("control characters are not allowed");
            }
            if (Utf8.isSurrogate(character)) {
                return Optional.of("holds an unpaired surrogate");
            }
            characters++;
            encodedBytes += isPlain(character) ? 1 : 3 * Utf8.bytesOf(character);
            if (characters > ID_CHARACTERS_MAX) {
                return Optional.of("longer than " + ID_CHARACTERS_MAX + " characters");
            }
        }
        return encodedBytes > ENCODED_ID_BYTES_MAX
                ? Optional.of("longer than " + ENCODED_ID_BYTES_MAX + " bytes percent-encoded")
                : Optional.empty();
    }

    /** The Redis list: {@code logs:user_<id>:<day>}. */
    public String key() {
        return KEY_PREFIX + encode(userId) + ':' + day;
    }

    /** The user's directory below the log directory: {@code user_<id>}. */
    public String directory() {
        return "user_" + encode(userId);
    }

    /** The day's file in {@link #directory}: {@code <day>.jsonl}. */
    public String fileName() {
        return day + ".jsonl";
    }

    /**
     * Reads a key back; empty unless {@link #key} of the answer is the very same key.
     *
     * @param key as Redis has it, each byte one char (ISO 8859-1)
     */
    public static Optional<UserDay> fromKey(String key) {
        int colon = key.lastIndexOf(':');
        if (!key.startsWith(KEY_PREFIX) || colon < KEY_PREFIX.length()) {
            return Optional.empty();
        }
        String dayDigits = key.substring(colon + 1);
        String encodedId = key.substring(KEY_PREFIX.length(), colon);
        if (encodedId.length() > ENCODED_ID_BYTES_MAX
                || !isNumber(dayDigits)
                || Long.parseLong(dayDigits) > DAY_MAX) {
            return Optional.empty();
        }
        return decode(encodedId)
                .filter(userId -> problemWith(userId).isEmpty())
                .map(userId -> new UserDay(userId, Long.parseLong(dayDigits)))
                .filter(userDay -> userDay.key().equals(key));
    }

    private static boolean isNumber(String digits) {
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
                return false;
            }
        }
        return !digits.isEmpty() && digits.length() <= DAY_DIGITS_MAX;
    }

    private static boolean isPlain(String id) {
        for (int i = 0; i < id.length(); i++) {
            if (!isPlain(id.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(int character) {
        return (character >= 'a' && character <= 'z')
                || (character >= 'A' && character <= 'Z')
                || (character >= '0' && character <= '9')
                || character == '.'
                || character == '_'
                || character == '~'
                || character == '@'
                || character == '-';
    }

    private static String encode(String id) {
        if (isPlain(id)) {
            return id;
        }
        StringBuilder encoded = new StringBuilder(ENCODED_ID_BYTES_MAX);
        for (byte b : id.getBytes(StandardCharsets.UTF_8)) {
            if (isPlain(b)) {
                encoded.append((char) b);
            } else {
                encoded.append('%');
                encoded.append(HEX_DIGITS.charAt((b >> 4) & 0xF));
                encoded.append(HEX_DIGITS.charAt(b & 0xF));
            }
        }
        return encoded.toString();
    }

    /** Lenient about what needs no encoding: the caller compares with the canonical form. */
    private static Optional<String> decode(String encoded) {
        if (isPlain(encoded)) {
            return Optional.of(encoded);
        }
        ByteBuffer bytes = ByteBuffer.allocate(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            if (c != '%') {
                bytes.put((byte) c);
                continue;
            }
            if (i + 2 >= encoded.length()) {
                return Optional.empty();
            }
            int high = HEX_DIGITS.indexOf(encoded.charAt(i + 1));
            int low = HEX_DIGITS.indexOf(encoded.charAt(i + 2));
            if (high < 0 || low < 0) {
                return Optional.empty();
            }
            bytes.put((byte) (high << 4 | low));
            i += 2;
        }
        try {
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
