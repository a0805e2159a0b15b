package io.logpipeline.event;

import java.util.Random;

/** Random valid events, in every way that JSON allows to write them. */
final class RandomEvents {
    private static final String[] ODD_CHARACTERS = {
        "\"",
        "\\",
        "/",
        "\b",
        "\f",
        "\n",
        "\r",
        "\t",
        "\u0000",
        "\u001f",
        "\u007f",
        "\u0085",
        "é",
        "\u07ff",
        "\u0800",
        "\u2028",
        "\uffff",
        "\ufeff",
        "😀",
        "\udbff\udfff",
        "%",
        ":",
        "{",
        "}"
    };

    private final Random random;

    RandomEvents(long seed) {
        random = new Random(seed);
    }

    static String userId(Random random) {
        StringBuilder id = new StringBuilder();
        int length = random.nextInt(70);
        for (int i = 0; i <= length; i++) {
            id.appendCodePoint(
                    random.nextInt(4) == 0
                            ? random.nextInt(Character.MAX_CODE_POINT + 1)
                            : ' ' + random.nextInt(95));
        }
        return id.toString();
    }

    /** One event on one or several lines, members in any order. */
    String event() {
        String userId;
        do {
            userId = userId(random);
        } while (UserDay.problemWith(userId).isPresent());
        String[] members = {
            "\"user_id\"" + colon() + string(userId),
            "\"event\"" + colon() + string("e" + text()),
            "\"timestamp\"" + colon() + (random.nextLong() >>> 1) % 253_402_300_800L,
            "\"x1" + "\"" + colon() + value(2),
            string("x2" + text()) + colon() + value(2),
            string("x3" + text()) + colon() + value(2)
        };
        for (int i = members.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            String swapped = members[i];
            members[i] = members[j];
            members[j] = swapped;
        }
        return space() + "{" + space() + String.join(comma(), members) + space() + "}" + space();
    }

    private String value(int depth) {
        int kinds = depth < 6 ? 8 : 6;
        return switch (random.nextInt(kinds)) {
            case 0 -> "true";
            case 1 -> "null";
            case 2, 3 -> number();
            case 4, 5 -> string(text());
            case 6 -> "[" + space() + value(depth + 1) + comma() + value(depth + 1) + space() + "]";
            default ->
                    "{"
                            + string("a" + text())
                            + colon()
                            + value(depth + 1)
                            + comma()
                            + string("b" + text())
                            + colon()
                            + value(depth + 1)
                            + "}";
        };
    }

    private String number() {
        StringBuilder number = new StringBuilder(random.nextBoolean() ? "-" : "");
        number.append(1 + random.nextInt(9));
        digits(number, random.nextInt(30));
        if (random.nextInt(3) == 0) {
            digits(number.append('.'), 1 + random.nextInt(30));
        }
        if (random.nextInt(3) == 0) {
            number.append(random.nextBoolean() ? "e" : "E");
            number.append(new String[] {"", "+", "-"}[random.nextInt(3)]);
            number.append(random.nextInt(400));
        }
        return number.toString();
    }

    private void digits(StringBuilder target, int count) {
        for (int i = 0; i < count; i++) {
            target.append(random.nextInt(10));
        }
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(random.nextInt(50) == 0 ? 9_000 : 20);
        for (int i = 0; i < length; i++) {
            if (random.nextInt(3) == 0) {
                text.append(ODD_CHARACTERS[random.nextInt(ODD_CHARACTERS.length)]);
            } else {
                text.append((char) (' ' + random.nextInt(95)));
            }
        }
        return text.toString();
    }

    private String string(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c < 0x20 || c == '"' || c == '\\' || random.nextInt(20) == 0) {
                json.append(String.format(random.nextBoolean() ? "\\u%04x" : "\\u%04X", (int) c));
            } else {
                json.append(c);
            }
        }
        // A raw half of a pair beside an escaped one has no UTF-8 form.
        String raw = json.append('"').toString();
        return Utf8.bytesOf(raw) < 0 ? escapedWhole(text) : raw;
    }

    private static String escapedWhole(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            json.append(String.format("\\u%04x", (int) c));
        }
        return json.append('"').toString();
    }

    private String colon() {
        return space() + ":" + space();
    }

    private String comma() {
        return space() + "," + space();
    }

    private String space() {
        return switch (random.nextInt(8)) {
            case 0 -> " ";
            case 1 -> "\t ";
            default -> "";
        };
    }
}
