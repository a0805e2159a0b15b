package io.logpipeline.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A command line of {@code --name=value}, and {@code --quick}. What is taken is not left. */
final class Arguments {
    private final Map<String, String> given = new LinkedHashMap<>();
    private final boolean quick;

    Arguments(List<String> arguments) {
        quick = arguments.contains("--quick");
        for (String argument : arguments) {
            if (argument.equals("--quick")) {
                continue;
            }
            int equals = argument.indexOf('=');
            if (!argument.startsWith("--") || equals < 0) {
                throw new IllegalArgumentException("expected --name=value, not " + argument);
            }
            // One that may be given several times keeps them all.
            String name = argument.substring(2, equals);
            given.merge(name, argument.substring(equals + 1), (one, more) -> one + "," + more);
        }
    }

    /** One of two values. */
    <T> T quickly(T quickValue, T otherwise) {
        return quick ? quickValue : otherwise;
    }

    String take(String name, String otherwise) {
        String value = given.remove(name);
        return value == null ? otherwise : value;
    }

    int number(String name, int otherwise) {
        return Integer.parseInt(take(name, String.valueOf(otherwise)));
    }

    List<Integer> numbers(String name, String otherwise) {
        return words(name, otherwise, ",").stream().map(Integer::valueOf).toList();
    }

    List<String> words(String name, String otherwise, String separator) {
        return Arrays.stream(take(name, otherwise).split(separator))
                .filter(word -> !word.isBlank())
                .toList();
    }

    /** Refuses what nobody took. */
    void end() {
        if (!given.isEmpty()) {
            throw new IllegalArgumentException("unknown: " + given.keySet());
        }
    }
}
